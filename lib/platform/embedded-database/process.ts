/** Main of the database process; `forkDatabaseProcess` says what it promises. */
import { readFile } from "node:fs/promises";
import { databaseProcessArgumentsSchema } from "./process-arguments.ts";
import { type EmbeddedDatabase, startEmbeddedDatabase } from "./start-embedded-database.ts";
import { DatabaseStartError } from "./start-error.ts";
import { STATEMENT_TIMES_REQUEST } from "./statement-times.ts";

function fail(error: unknown): never {
  const cause = error instanceof Error && error.cause !== undefined ? ` (${error.cause})` : "";
  const reason = error instanceof DatabaseStartError ? error.message : `${error}${cause}`;
  process.stderr.write(`Embedded database: ${reason.split("\n")[0]}\n`);
  process.exit(1);
}

async function start(): Promise<EmbeddedDatabase> {
  const { idleInTransactionMs, loadFrom, ...directories } = databaseProcessArgumentsSchema.parse(
    JSON.parse(process.argv[2] ?? "{}"),
  );
  return startEmbeddedDatabase({
    ...directories,
    ...(loadFrom !== undefined && { loadFrom: await readFile(loadFrom) }),
    ...(idleInTransactionMs !== undefined && { idleInTransactionMs }),
    onBroken: fail,
  });
}

let isStopping = false;

function stop(): void {
  if (isStopping) return;
  isStopping = true;
  starting.then((database) => database.close()).then(() => process.exit(0), fail);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
process.on("message", (message) => {
  if (message !== STATEMENT_TIMES_REQUEST) return;
  void starting.then((database) =>
    process.send?.({ type: STATEMENT_TIMES_REQUEST, times: database.takeStatementTimes() }),
  );
});
const starting = start();
starting.then(({ socketPath }) => process.send?.({ type: "ready", socketPath }), fail);
