export { connectDatabase, type Database, type DatabaseAddress, type Transaction } from "./connect.ts";
export {
  closeDatabase,
  database,
  databaseAddress,
  setDatabase,
  type TenantScope,
  withStreamLog,
  withSystem,
  withTenant,
} from "./database.ts";
