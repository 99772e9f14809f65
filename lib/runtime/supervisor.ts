import { join } from "node:path";
import { migrateDatabase } from "../platform/db/migrate.ts";
import { socketDirectoryFor } from "../platform/embedded-database/index.ts";
import { childEnvironment, type Environment } from "../platform/env.ts";
import { type ChildOptions, SupervisedChild } from "./child-process.ts";
import { programCommit } from "./program-commit.ts";
import { WEB_NODE_OPTIONS } from "./web-node-options.ts";
import { WORKER_NODE_OPTIONS } from "./worker-node-options.ts";

/** How long each process may take to end before it is ended by force; together they stay under half a minute. */
const STOP_MS = { web: 23_000, worker: 23_000, database: 5_000 } as const;

/**
 * The processes that one machine needs: database (when embedded), web and worker, started in this order, each started
 * again when it dies. The database is migrated before anything else sees it.
 */
export class Supervisor {
  readonly #env: Environment;
  readonly #started = new Map<ChildOptions["name"], SupervisedChild>();
  #isStopping = false;

  constructor(env: Environment) {
    this.#env = env;
  }

  /**
   * Starts everything; what already runs is stopped again when a part fails.
   *
   * @param prepare Runs between database and web, with the environment of the processes: it fills a new database.
   * @returns the port that the web process listens on.
   * @throws ChildStartError when a process does not start, or what migration and preparation throw.
   */
  async start(prepare: (environment: NodeJS.ProcessEnv) => Promise<void>): Promise<number> {
    try {
      return await this.#startAll(prepare);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** The configuration is to be read again, now. The worker notices a changed file by itself. */
  readConfig(): void {
    this.#started.get("web")?.hangUp();
  }

  /** Stops everything that runs. The database goes last: the last writes of the others still find it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([this.#stopChild("web"), this.#stopChild("worker")]);
    await this.#stopChild("database");
  }

  async #startAll(prepare: (environment: NodeJS.ProcessEnv) => Promise<void>): Promise<number> {
    const { DATABASE_URL: url, VOUCH_COMMIT: commit, dataDir } = this.#env;
    const shared: NodeJS.ProcessEnv = childEnvironment({
      VOUCH_COMMIT: commit ?? programCommit(),
      VOUCH_DATA_DIR: dataDir,
      // Node keeps the sources it has made ready there: later starts are quicker and hold less.
      NODE_COMPILE_CACHE: join(dataDir, "cache", "compile"),
    });
    if (url === undefined) shared.VOUCH_DATABASE_SOCKET = await this.#startDatabase(shared);
    await migrateDatabase(url === undefined ? { socketPath: shared.VOUCH_DATABASE_SOCKET ?? "" } : { url });
    await prepare(shared);
    const port = await this.#startWeb(shared);
    await this.#startChild({
      name: "worker",
      main: new URL("./worker-main.ts", import.meta.url),
      // Evaluation runs in the worker ask the router of the web process: it must know where that listens.
      environment: { ...shared, PORT: String(port) },
      nodeOptions: WORKER_NODE_OPTIONS,
    });
    return port;
  }

  async #startDatabase(shared: NodeJS.ProcessEnv): Promise<string> {
    const dataDir = join(this.#env.dataDir, "database");
    let socketPath = "";
    await this.#startChild({
      name: "database",
      main: new URL("../platform/embedded-database/process.ts", import.meta.url),
      arguments: [JSON.stringify({ dataDir, socketDir: socketDirectoryFor(dataDir) })],
      environment: shared,
      // Without a deep stack, statements that nest moderately would end the engine.
      nodeOptions: ["--stack-size=3900"],
      onReady: (message) => {
        socketPath = String(message.socketPath);
      },
    });
    return socketPath;
  }

  async #startWeb(shared: NodeJS.ProcessEnv): Promise<number> {
    const environment = { ...shared };
    await this.#startChild({
      name: "web",
      main: new URL("./web-main.ts", import.meta.url),
      environment,
      nodeOptions: WEB_NODE_OPTIONS,
      onReady: (message) => {
        // PORT=0 lets the system choose; when the process is started again, people must find it where it was.
        environment.PORT = String(message.port);
      },
    });
    return Number(environment.PORT);
  }

  async #startChild(options: ChildOptions): Promise<void> {
    if (this.#isStopping) throw new Error(`The program is stopping: no ${options.name} process is started.`);
    const child = new SupervisedChild(options);
    this.#started.set(options.name, child);
    await child.start();
  }

  async #stopChild(name: ChildOptions["name"]): Promise<void> {
    await this.#started.get(name)?.stop(STOP_MS[name]);
  }
}
