import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectDatabase } from "../../../lib/platform/db/connect.ts";
import { databaseReadySchema, forkDatabaseProcess } from "../../../lib/platform/embedded-database/index.ts";
import { childEnvironment } from "../../../lib/platform/env.ts";
import { WEB_NODE_OPTIONS } from "../../../lib/runtime/web-node-options.ts";
import { type BenchProcess, startBenchProcess, stopProcess } from "../bench-process.ts";

/** Limits of a router's configuration, in YAML. */
export interface RouterSettings {
  readonly upstreamPort: number;
  readonly limits: string;
  /** What the model is called at the upstream; `bench` by default. */
  readonly upstreamModel?: string;
  /** Further variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An embedded database with one organisation, and routers on it. */
export interface VouchProgram {
  readonly databasePid: number;
  /** API keys for models. */
  readonly keys: readonly string[];
  /** Starts a router as a process of its own. */
  startRouter(settings: RouterSettings): Promise<BenchProcess>;
  /** Rows of money in the database. */
  countUsage(): Promise<number>;
  close(): Promise<void>;
}

function configuration({ upstreamPort, limits, upstreamModel = "bench" }: RouterSettings): string {
  return `upstreams:
  mock: { kind: openai, baseUrl: "http://127.0.0.1:${upstreamPort}/v1" }
models:
  - { name: bench, kind: chat, upstream: mock, upstreamModel: ${upstreamModel}, default: true, price: { input: 2, output: 8 } }
limits: ${limits}
`;
}

/** Starts the database in a temporary directory and fills it. */
export async function openVouchProgram(): Promise<VouchProgram> {
  const folder = mkdtempSync(join(tmpdir(), "vouch-bench-router-"));
  const database = forkDatabaseProcess({
    dataDir: join(folder, "database"),
    socketDir: join(folder, "socket"),
  });
  const socketPath = await new Promise<string>((resolve, reject) => {
    database.on("message", (message) => {
      const ready = databaseReadySchema.safeParse(message);
      if (ready.success) resolve(ready.data.socketPath);
    });
    database.once("exit", (code) => reject(new Error(`the database ended with ${code}`)));
  });
  const environment = childEnvironment({
    VOUCH_DATABASE_SOCKET: socketPath,
    VOUCH_DATA_DIR: folder,
    // Beside the database of the bench, as the program keeps it in its data directory.
    NODE_COMPILE_CACHE: join(folder, "compiled"),
    DATABASE_URL: undefined,
    UPSTASH_REDIS_REST_URL: undefined,
    UPSTASH_REDIS_REST_TOKEN: undefined,
    PORT: "0",
    HOST: "127.0.0.1",
    LOG_LEVEL: "warn",
  });
  const prepared = await startBenchProcess("processes/prepare-vouch.ts", [socketPath], { environment });
  const pool = connectDatabase({ socketPath }, { maxConnections: 1 });
  let routers = 0;
  const program: VouchProgram = {
    databasePid: database.pid ?? 0,
    keys: prepared.ready.keys as string[],
    startRouter: (settings) => {
      routers += 1;
      const file = join(folder, `vouch-${routers}.yaml`);
      writeFileSync(file, configuration(settings));
      return startBenchProcess("processes/router-process.ts", [], {
        environment: { ...environment, VOUCH_CONFIG: file, ...settings.environment },
        // As the launcher starts the role `router`.
        nodeOptions: WEB_NODE_OPTIONS,
      });
    },
    countUsage: async () => {
      const [row] = await pool.sql<{ count: string }[]>`select count(*) from usage_attempt`;
      return Number(row?.count);
    },
    close: async () => {
      await pool.close();
      await stopProcess(database);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  // Every start but a machine's first finds the compiled sources of the one before.
  const first = await program.startRouter({ upstreamPort: 9, limits: "{}" });
  await first.stop();
  return program;
}
