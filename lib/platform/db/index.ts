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
export { readTenant } from "./read-tenant.ts";
