/**
 * Main of the program. `VOUCH_ROLE` chooses what runs: everything one machine needs (the default), or one role of a
 * cluster in this very process.
 */
import { closeDatabase, connectDatabase, setDatabase } from "../platform/db/index.ts";
import { migrateDatabase } from "../platform/db/migrate.ts";
import { type Environment, EnvironmentError, environment } from "../platform/env.ts";
import { AppError } from "../shared/errors.ts";
import { ChildStartError } from "./child-process.ts";
import { DataDirectoryError, prepareDataDirectory } from "./data-directory.ts";
import { prepareContent } from "./first-run.ts";
import { onShutdown } from "./shutdown.ts";
import { startProgram } from "./supervisor.ts";
import { runWeb } from "./web-main.ts";
import { runWorker } from "./worker-main.ts";

async function main(): Promise<void> {
  const env = environment();
  prepareDataDirectory(env.dataDir);
  if (env.VOUCH_ROLE === "all") return runAll(env);
  if (env.DATABASE_URL === undefined) {
    throw new EnvironmentError(`DATABASE_URL: the role ${env.VOUCH_ROLE} needs a PostgreSQL of its own`);
  }
  await migrateDatabase({ url: env.DATABASE_URL });
  if (env.VOUCH_ROLE === "worker") await runWorker();
  else await runWeb({ withPages: env.VOUCH_ROLE === "web" });
}

async function runAll(env: Environment): Promise<void> {
  let welcome = "";
  const program = await startProgram(env, async (shared) => {
    const { VOUCH_DATABASE_SOCKET: socketPath } = shared;
    if (env.DATABASE_URL === undefined && socketPath !== undefined)
      setDatabase(connectDatabase({ socketPath }));
    try {
      welcome = await prepareContent(env);
    } finally {
      await closeDatabase();
    }
  });
  const url = env.PUBLIC_URL ?? `http://localhost:${program.port}`;
  process.stdout.write(`\n  Vouch is ready: ${url}\n${welcome}\n`);
  onShutdown(() => program.stop());
}

/** One line on standard error for what the person can mend; the stack only for what is our fault. */
function explain(error: unknown): string {
  if (error instanceof EnvironmentError || error instanceof DataDirectoryError) return error.message;
  if (error instanceof AppError) return error.message;
  if (error instanceof ChildStartError) return `${error.message} The line above says why.`;
  if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") {
    return "DATABASE_URL: the database does not answer. Check the address and start again";
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`vouch: ${explain(error)}\n`);
  process.exit(1);
});
