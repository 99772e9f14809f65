export { forkDatabaseProcess } from "./fork-database-process.ts";
export { type DatabaseProcessArguments, databaseReadySchema } from "./process-arguments.ts";
export { socketDirectoryFor } from "./socket-directory.ts";
export {
  type EmbeddedDatabase,
  type EmbeddedDatabaseOptions,
  startEmbeddedDatabase,
} from "./start-embedded-database.ts";
export { DatabaseStartError } from "./start-error.ts";
