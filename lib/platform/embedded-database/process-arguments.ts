import { z } from "zod";

/** What the supervisor tells the database process, as JSON in its one argument. */
export const databaseProcessArgumentsSchema = z.strictObject({
  dataDir: z.string().min(1),
  socketDir: z.string().min(1),
  /** A file made by `dumpDataDir` to start from; ignored when the data directory already holds a database. */
  loadFrom: z.string().min(1).optional(),
  idleInTransactionMs: z.int().positive().optional(),
});
export type DatabaseProcessArguments = z.infer<typeof databaseProcessArgumentsSchema>;

/** What the database process tells the supervisor. */
export const databaseReadySchema = z.object({ type: z.literal("ready"), socketPath: z.string() });
