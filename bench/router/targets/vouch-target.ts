import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectDatabase } from "../../../lib/platform/db/connect.ts";
import { databaseReadySchema, forkDatabaseProcess } from "../../../lib/platform/embedded-database/index.ts";
import { childEnvironment } from "../../../lib/platform/env.ts";
import { startBenchProcess, stopProcess } from "../bench-process.ts";
import { CHAT_PATH, type RunningTarget, type Target } from "./target.ts";

/** High enough never to refuse; every request is reserved and settled against them all the same. */
const LIMITS = `{ requestsPerMinute: 100000000, tokensPerMinute: 1000000000000, concurrentStreams: 1000000, monthlyBudget: 1000000000 }`;

function configuration(upstreamPort: number): string {
  return `upstreams:
  mock: { kind: openai, baseUrl: "http://127.0.0.1:${upstreamPort}/v1" }
models:
  - { name: bench, kind: chat, upstream: mock, default: true, price: { input: 2, output: 8 } }
limits:
  organisation: ${LIMITS}
  user: ${LIMITS}
  key: ${LIMITS}
`;
}

/** Vouch's router with its embedded database. */
export interface VouchTarget extends Target {
  /** Rows of money in the database. */
  countUsage(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Vouch on its full path: API key looked up in the embedded database, limits reserved, usage recorded, metrics on.
 * The database lives as long as the bench; the router is started anew for each run.
 *
 * @param profileFolder Where to write a processor profile of each measured window; undefined for none.
 */
export async function vouchTarget(profileFolder: string | undefined): Promise<VouchTarget> {
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
    VOUCH_CONFIG: join(folder, "vouch.yaml"),
    DATABASE_URL: undefined,
    PORT: "0",
    HOST: "127.0.0.1",
    LOG_LEVEL: "warn",
  });
  const prepared = await startBenchProcess("processes/prepare-vouch.ts", [socketPath], { environment });
  const pool = connectDatabase({ socketPath }, { maxConnections: 1 });
  return {
    name: "vouch",
    start: async (upstreamPort, label): Promise<RunningTarget> => {
      writeFileSync(join(folder, "vouch.yaml"), configuration(upstreamPort));
      const file = profileFolder === undefined ? undefined : join(profileFolder, `${label}.cpuprofile`);
      const router = await startBenchProcess("processes/router-process.ts", [], { environment });
      return {
        address: {
          port: Number(router.ready.port),
          path: CHAT_PATH,
          headers: { authorization: `Bearer ${prepared.ready.key}` },
        },
        pids: [router.pid],
        databasePids: [database.pid ?? 0],
        stop: router.stop,
        onWindow: (event) => {
          if (file !== undefined) router.tell({ profile: event === "window nears" ? "begin" : "end", file });
        },
      };
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
}
