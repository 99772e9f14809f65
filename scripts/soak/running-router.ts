import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createApiKey,
  createOrganisation,
  createUser,
  findPrincipalOfMember,
} from "../../lib/identity/index.ts";
import { closeDatabase, connectDatabase, setDatabase } from "../../lib/platform/db/index.ts";
import { migrateDatabase } from "../../lib/platform/db/migrate.ts";
import { databaseReadySchema, forkDatabaseProcess } from "../../lib/platform/embedded-database/index.ts";
import { childEnvironment } from "../../lib/platform/env.ts";
import { WEB_NODE_OPTIONS } from "../../lib/runtime/web-node-options.ts";
import type { RouterFigures } from "./router-process.ts";

/** Column of a socket's number in /proc/net/tcp. */
const INODE_COLUMN = 9;

/** A row of money, as far as it is compared. */
export interface UsageRow {
  readonly requestId: string;
  readonly attempt: number;
  readonly upstreamModel: string;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly isEstimated: boolean;
}

/** A router process on an embedded database of its own, with one API key. */
export interface RunningRouter {
  readonly port: number;
  readonly key: string;
  figures(): Promise<RouterFigures>;
  /** TCP sockets the process has open. */
  openSockets(): number;
  /** Units of limits that processes hold by the database; none once they have ended. */
  countHeldUnits(): Promise<number>;
  /** All rows of money. */
  readUsage(): Promise<UsageRow[]>;
  /** SIGTERM; returns the exit code, null when it ended otherwise. */
  stop(): Promise<number | null>;
  close(): Promise<void>;
}

/** Starts database and router on a directory. */
export async function startRouterProcess(folder: string, configuration: string): Promise<RunningRouter> {
  const database = forkDatabaseProcess({
    dataDir: join(folder, "database"),
    socketDir: join(folder, "socket"),
  });
  const { socketPath } = databaseReadySchema.parse((await once(database, "message"))[0]);
  await migrateDatabase({ socketPath });
  const pool = connectDatabase({ socketPath });
  setDatabase(pool);
  const key = await makeKey();
  const configFile = join(folder, "vouch.yaml");
  writeFileSync(configFile, configuration);
  const router = fork(join(import.meta.dirname, "router-process.ts"), [], {
    execArgv: ["--disable-warning=ExperimentalWarning", ...WEB_NODE_OPTIONS],
    env: childEnvironment({
      VOUCH_DATABASE_SOCKET: socketPath,
      VOUCH_DATA_DIR: folder,
      VOUCH_CONFIG: configFile,
      DATABASE_URL: undefined,
      UPSTASH_REDIS_REST_URL: undefined,
      UPSTASH_REDIS_REST_TOKEN: undefined,
      LOG_LEVEL: "silent",
    }),
  });
  const [ready] = (await once(router, "message")) as [{ readonly port: number }];
  return {
    port: ready.port,
    key,
    figures: () => askForFigures(router),
    openSockets: () => countSockets(router.pid ?? 0),
    countHeldUnits: async () => {
      const [row] = await pool.sql<
        { held: string }[]
      >`select coalesce(sum(held), 0) as held from limit_lease`;
      return Number(row?.held);
    },
    readUsage: async () => [
      ...(await pool.sql<UsageRow[]>`
        select request_id as "requestId", attempt, upstream_model as "upstreamModel", outcome,
          error_code as "errorCode", prompt_tokens as "promptTokens", completion_tokens as "completionTokens",
          usage_estimated as "isEstimated"
        from usage_attempt order by request_id, attempt`),
    ],
    stop: () => endProcess(router),
    close: async () => {
      await endProcess(router);
      await closeDatabase();
      await endProcess(database);
    },
  };
}

async function makeKey(): Promise<string> {
  const orgId = await createOrganisation("Soak");
  const account = {
    email: "soak@soak.example",
    name: "Soak",
    role: "member",
    password: "a password of the soak",
  } as const;
  const userId = await createUser({ orgId, userId: null }, account);
  const member = await findPrincipalOfMember(orgId, userId);
  if (member === null) throw new Error("The member that was just made is not found.");
  return (await createApiKey(member, { name: "soak", scopes: ["models"] })).key;
}

async function askForFigures(router: ChildProcess): Promise<RouterFigures> {
  const answer = once(router, "message", { signal: AbortSignal.timeout(30_000) });
  router.send("figures");
  const [{ figures }] = (await answer) as [{ readonly figures: RouterFigures }];
  return figures;
}

/** Counts TCP sockets: those to the database are Unix sockets, as many as its pool has grown to. */
function countSockets(pid: number): number {
  const tcp = new Set(
    ["tcp", "tcp6"].flatMap((name) =>
      readFileSync(`/proc/${pid}/net/${name}`, "utf8")
        .split("\n")
        .map((line) => line.trim().split(/\s+/)[INODE_COLUMN]),
    ),
  );
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, name)))?.[1];
      return inode !== undefined && tcp.has(inode);
    } catch {
      // It was closed while we looked.
      return false;
    }
  }).length;
}

async function endProcess(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
  return child.exitCode;
}
