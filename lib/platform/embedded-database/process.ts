/**
 * Main of the database process. The supervisor forks it with one argument, JSON of `{dataDir, socketDir}`, and
 * hears `{type: "ready", socketPath}`. It ends cleanly on SIGTERM, SIGINT, or when the supervisor is gone.
 */
import { z } from "zod";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "./start-embedded-database.ts";
import { DatabaseStartError } from "./start-error.ts";

const argumentsSchema = z.strictObject({
  dataDir: z.string().min(1),
  socketDir: z.string().min(1),
  idleInTransactionMs: z.int().positive().optional(),
});

function fail(error: unknown): never {
  const reason = error instanceof DatabaseStartError ? error.message : String(error);
  process.stderr.write(`Embedded database: ${reason}\n`);
  process.exit(1);
}

async function start(): Promise<EmbeddedDatabase> {
  const { idleInTransactionMs, ...directories } = argumentsSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
  return startEmbeddedDatabase({
    ...directories,
    ...(idleInTransactionMs !== undefined && { idleInTransactionMs }),
    onBroken: fail,
  });
}

const starting = start();
let isStopping = false;

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  starting.then((database) => database.close()).then(() => process.exit(0), fail);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
starting.then(({ socketPath }) => process.send?.({ type: "ready", socketPath }), fail);
