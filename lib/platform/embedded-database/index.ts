export { forkDatabaseProcess } from "./fork-database-process.ts";
export { databaseReadySchema } from "./process-arguments.ts";
export { socketDirectoryFor } from "./socket-directory.ts";
export { startEmbeddedDatabase } from "./start-embedded-database.ts";
export {
  STATEMENT_TIMES_REQUEST,
  type StatementTimesSummary,
  statementTimesMessageSchema,
} from "./statement-times.ts";
