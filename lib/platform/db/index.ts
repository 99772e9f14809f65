export { connectDatabase, type DatabaseAddress, type Transaction } from "./connect.ts";
export {
  closeDatabase,
  database,
  setDatabase,
  type TenantScope,
  withStreamLog,
  withSystem,
  withTenant,
} from "./database.ts";
export { readSystem, readTenant } from "./one-trip-reads.ts";
