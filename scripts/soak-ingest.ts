/**
 * Soak of ingestion: files are read by a worker process that is killed without warning again and again; at the end every
 * document must be ready with each of its passages exactly once. Prints a JSON summary; exits 1 when anything is wrong.
 *
 * node scripts/soak-ingest.ts --files 1500 --kills 20
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import type { Principal } from "../lib/identity/schema.ts";
import { addDocument, createCollection } from "../lib/knowledge/index.ts";
import { closeDatabase, connectDatabase, setDatabase, withSystem } from "../lib/platform/db/index.ts";
import { migrateDatabase } from "../lib/platform/db/migrate.ts";
import { databaseReadySchema, forkDatabaseProcess } from "../lib/platform/embedded-database/index.ts";
import { childEnvironment } from "../lib/platform/env.ts";
import { WORKER_NODE_OPTIONS } from "../lib/runtime/worker-node-options.ts";
import { newId } from "../lib/shared/ids.ts";
import { findIngestFaults } from "./soak/ingest-faults.ts";
import { treeMemory } from "./soak/process-memory.ts";

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "1500" },
    kills: { type: "string", default: "20" },
    /** Longest life of a worker that is to be killed. */
    "life-ms": { type: "string", default: "4000" },
  },
});

/** One file in so many is long: it is stored in parts and has to go on where it was. */
const LONG_EVERY = 75;
const FILES_AT_ONCE = 6;
const directory = mkdtempSync(join(tmpdir(), "vouch-soak-ingest-"));
const dataDir = join(directory, "data");
process.env.VOUCH_DATA_DIR = dataDir;

async function* content(number: number): AsyncGenerator<Uint8Array> {
  const paragraphs = number % LONG_EVERY === 0 ? 900 : 1 + (number % 5) * 4;
  const lines = Array.from(
    { length: paragraphs },
    (_, line) =>
      `Engine ${number} was looked at for the ${line + 1}. time; part ${number * 1_000 + line} was oiled.\n\n`,
  );
  yield Buffer.from(`# Log of engine ${number}\n\n${lines.join("")}`);
}

async function startDatabase(): Promise<{ child: ChildProcess; socketPath: string }> {
  const child = forkDatabaseProcess({
    dataDir: join(directory, "database"),
    socketDir: join(directory, "socket"),
  });
  const socketPath = await new Promise<string>((resolve, reject) => {
    child.on("message", (message) => {
      const ready = databaseReadySchema.safeParse(message);
      if (ready.success) resolve(ready.data.socketPath);
    });
    child.once("exit", (code) => reject(new Error(`the database ended with ${code}`)));
  });
  await migrateDatabase({ socketPath });
  setDatabase(connectDatabase({ socketPath }));
  return { child, socketPath };
}

async function addFiles(files: number): Promise<void> {
  const orgId = newId();
  await withSystem((transaction) =>
    transaction.execute(sql`insert into organisation (id, name) values (${orgId}, 'Soak')`),
  );
  const person = { userId: newId(), name: "Soak", email: null, role: "admin", isGuest: false } as const;
  const principal: Principal = { ...person, orgId, via: "session", scopes: [] };
  const { id: collectionId } = await createCollection(principal, {
    name: "Soak",
    description: "",
    visibility: "organisation",
  });
  let next = 0;
  const add = async () => {
    for (let number = next++; number < files; number = next++) {
      const file = { collectionId, fileName: `engine-${number}.md`, content: content(number) };
      await addDocument(principal, { ...file, priority: number % 10 === 0 ? "online" : "offline" });
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, add));
}

async function countOpen(): Promise<number> {
  const [row] = await withSystem((transaction) =>
    transaction.execute<{ open: number }>(
      sql`select count(*)::integer as open from document where state not in ('ready', 'failed')`,
    ),
  );
  return row?.open ?? 0;
}

async function startWorker(socketPath: string): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, "soak-ingest-worker.ts"), [socketPath], {
    env: childEnvironment({ VOUCH_DATA_DIR: dataDir, LOG_LEVEL: "silent" }),
    execArgv: ["--disable-warning=ExperimentalWarning", ...WORKER_NODE_OPTIONS],
  });
  await once(worker, "message");
  return worker;
}

const startedMs = performance.now();
const database = await startDatabase();
await addFiles(Number(values.files));
const storedMs = performance.now();
let peakBytes = 0;
let worker = await startWorker(database.socketPath);
const watch = setInterval(() => {
  peakBytes = Math.max(peakBytes, treeMemory(worker.pid ?? 0));
}, 200);
const openAtKill: number[] = [];
for (let kill = 0; kill < Number(values.kills); kill += 1) {
  await wait(100 + Math.random() * Number(values["life-ms"]));
  openAtKill.push(await countOpen());
  const ended = once(worker, "exit");
  worker.kill("SIGKILL");
  await ended;
  worker = await startWorker(database.socketPath);
}
while ((await countOpen()) > 0) await wait(500);
clearInterval(watch);
const endedMs = performance.now();
const faults = await findIngestFaults();
const [rows] = await withSystem((transaction) =>
  transaction.execute<{ chunks: number; tries: number }>(
    sql`select (select count(*)::integer from chunk) as chunks, max(attempts) as tries from document`,
  ),
);
worker.kill("SIGKILL");
await closeDatabase();
const ended = once(database.child, "exit");
database.child.kill("SIGTERM");
await ended;
rmSync(directory, { recursive: true, force: true });
const summary = {
  files: Number(values.files),
  chunks: rows?.chunks,
  kills: openAtKill.length,
  openAtKill,
  mostTries: rows?.tries,
  storedSeconds: Math.round((storedMs - startedMs) / 1000),
  readSeconds: Math.round((endedMs - storedMs) / 1000),
  workerPeakMegabytes: Math.round(peakBytes / 1_000_000),
  faults,
  sound: faults.length === 0,
};
console.log(JSON.stringify(summary, null, 2));
process.exit(summary.sound ? 0 : 1);
