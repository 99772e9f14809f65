import { closeDatabase, connectDatabase, setDatabase } from "../platform/db/index.ts";
import { migrateDatabase } from "../platform/db/migrate.ts";
import { type Environment, EnvironmentError } from "../platform/env.ts";
import { routerConfig } from "../router/index.ts";
import { onShutdown } from "./shutdown.ts";
import { runWeb } from "./web-main.ts";

/**
 * Runs what `VOUCH_ROLE` names: everything one machine needs, as processes of their own, or one role of a cluster in
 * this very process.
 *
 * @throws what stops the start; `explainStartError` says it to a person.
 */
export async function runRole(env: Environment): Promise<void> {
  // Read here so that a wrong file stops the start before anything runs.
  routerConfig();
  if (env.VOUCH_ROLE === "all") return runAll(env);
  if (env.DATABASE_URL === undefined) {
    throw new EnvironmentError(`DATABASE_URL: the role ${env.VOUCH_ROLE} needs a PostgreSQL of its own`);
  }
  await migrateDatabase({ url: env.DATABASE_URL });
  // Imported where needed: a router is small because it holds nothing of the other roles.
  if (env.VOUCH_ROLE === "worker") await (await import("./worker-main.ts")).runWorker();
  else await runWeb({ withPages: env.VOUCH_ROLE === "web" });
}

async function runAll(env: Environment): Promise<void> {
  const { Supervisor } = await import("./supervisor.ts");
  const { prepareContent } = await import("./first-run.ts");
  const supervisor = new Supervisor(env);
  onShutdown(() => supervisor.stop(), { onHangUp: () => supervisor.readConfig() });
  let welcome = "";
  const port = await supervisor.start(async ({ VOUCH_DATABASE_SOCKET: socketPath }) => {
    if (env.DATABASE_URL === undefined && socketPath !== undefined)
      setDatabase(connectDatabase({ socketPath }));
    try {
      welcome = await prepareContent(env);
    } finally {
      await closeDatabase();
    }
  });
  process.stdout.write(`\n  Vouch is ready: ${env.PUBLIC_URL ?? `http://localhost:${port}`}\n${welcome}\n`);
}
