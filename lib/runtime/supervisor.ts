import { join } from "node:path";
import { migrateDatabase } from "../platform/db/migrate.ts";
import { socketDirectoryFor } from "../platform/embedded-database/index.ts";
import { childEnvironment, type Environment } from "../platform/env.ts";
import { SupervisedChild } from "./child-process.ts";
import { programCommit } from "./program-commit.ts";

/** How long each process may take to end before it is ended by force. Together they stay under half a minute. */
const STOP_MS = { web: 24_000, worker: 8_000, database: 10_000 } as const;
const STOP_ORDER = ["web", "worker", "database"] as const;

type Started = Map<keyof typeof STOP_MS, SupervisedChild>;

/** The worker parses in children of its own; what it holds itself is small. */
const WORKER_HEAP_MB = 512;

/** The processes that one machine needs, running. */
export interface RunningProgram {
  /** Port the web process listens on. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts database (when embedded), web and worker, in this order, each as a process of its own. The database is
 * migrated before anything else sees it.
 *
 * @throws when a process does not start; those already running are stopped first.
 */
export async function startProgram(
  environment: Environment,
  prepare: (environment: NodeJS.ProcessEnv) => Promise<void>,
): Promise<RunningProgram> {
  const started: Started = new Map();
  const stop = async () => {
    // Web first, so that its last writes still find a database; the database last.
    for (const name of STOP_ORDER) await started.get(name)?.stop(STOP_MS[name]);
  };
  try {
    const shared: NodeJS.ProcessEnv = childEnvironment({
      VOUCH_COMMIT: environment.VOUCH_COMMIT ?? programCommit(),
      VOUCH_DATA_DIR: environment.dataDir,
    });
    if (environment.DATABASE_URL === undefined) {
      shared.VOUCH_DATABASE_SOCKET = await startDatabase(environment, shared, started);
    }
    await migrateDatabase(
      environment.DATABASE_URL === undefined
        ? { socketPath: shared.VOUCH_DATABASE_SOCKET ?? "" }
        : { url: environment.DATABASE_URL },
    );
    await prepare(shared);
    const port = await startWeb(shared, started);
    const worker = new SupervisedChild({
      name: "worker",
      main: new URL("./worker-main.ts", import.meta.url),
      // Evaluation runs in the worker ask the router of the web process: it must know where that listens.
      environment: { ...shared, PORT: String(port) },
      nodeOptions: [`--max-old-space-size=${WORKER_HEAP_MB}`],
    });
    started.set("worker", worker);
    await worker.start();
    return { port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDatabase(
  environment: Environment,
  shared: NodeJS.ProcessEnv,
  started: Started,
): Promise<string> {
  const dataDir = join(environment.dataDir, "database");
  let socketPath = "";
  const database = new SupervisedChild({
    name: "database",
    main: new URL("../platform/embedded-database/process.ts", import.meta.url),
    arguments: [
      JSON.stringify({
        dataDir,
        socketDir: socketDirectoryFor(dataDir),
      }),
    ],
    environment: shared,
    // Without a deep stack, statements that nest moderately would end the engine.
    nodeOptions: ["--stack-size=3900"],
    onReady: (message) => {
      socketPath = String(message.socketPath);
    },
  });
  started.set("database", database);
  await database.start();
  return socketPath;
}

async function startWeb(shared: NodeJS.ProcessEnv, started: Started): Promise<number> {
  let port = 0;
  const web = new SupervisedChild({
    name: "web",
    main: new URL("./web-main.ts", import.meta.url),
    environment: shared,
    onReady: (message) => {
      port = Number(message.port);
    },
  });
  started.set("web", web);
  await web.start();
  return port;
}
