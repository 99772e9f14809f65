import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { pg_textsearch } from "@electric-sql/pglite-pg_textsearch";
import { vector } from "@electric-sql/pglite-pgvector";
import { DatabaseStartError } from "./start-error.ts";

/**
 * - synchronous_commit stays on: there is no WAL writer process, so "off" would lose commits when killed.
 * - WAL sizes keep the directory small; `maintain` takes the checkpoints no background process takes.
 * - max_stack_depth lets runaway recursion end in an ordinary error before JavaScript's stack, which every
 *   WebAssembly call also uses, runs out (that would cost the engine). See `forkDatabaseProcess`.
 * - max_segment_size (MB) keeps merges of the BM25 index short: everybody waits for them, and without it the largest of
 *   100,000 passages took 2.8 s. More segments cost a search some milliseconds (decision 022).
 */
const SETTINGS: Record<string, string> = {
  synchronous_commit: "on",
  shared_buffers: "128MB",
  work_mem: "16MB",
  maintenance_work_mem: "256MB",
  effective_cache_size: "512MB",
  random_page_cost: "1.1",
  wal_level: "minimal",
  max_wal_senders: "0",
  min_wal_size: "32MB",
  max_wal_size: "256MB",
  max_stack_depth: "256kB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  default_text_search_config: "pg_catalog.english",
  // What an insert has to write out and merge, MB and pages: with 4 and 64 single inserts took up to 230 ms, in which nobody else
  // was served; with these at most 100, for 6 % more work. Quiet moments merge further.
  "pg_textsearch.max_segment_size": "1",
  "pg_textsearch.memtable_pages_threshold": "16",
};

/** Opens (or creates) the database in `dataDir`, or one in memory when it is null. */
export async function openEngine(dataDir: string | null, loadFrom?: Blob | Buffer): Promise<PGlite> {
  const startParams = [...PGlite.defaultStartParams];
  for (const [name, value] of Object.entries(SETTINGS)) startParams.push("-c", `${name}=${value}`);
  const options = { extensions: { vector, pg_textsearch }, startParams };
  const dump = loadFrom && (await typedBlob(loadFrom));
  if (dataDir === null) return PGlite.create({ ...options, ...(dump && { loadDataDir: dump }) });

  const isNew = await prepareDataDirectory(dataDir);
  const database = await PGlite.create({ ...options, dataDir, ...(dump && isNew && { loadDataDir: dump }) });
  await rm(creationMarker(dataDir), { force: true });
  return database;
}

/** True when the directory has to be filled. A creation cut short by a kill is swept away and begun again. */
async function prepareDataDirectory(dataDir: string): Promise<boolean> {
  const marker = creationMarker(dataDir);
  if (existsSync(marker)) await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (existsSync(`${dataDir}/PG_VERSION`)) return false;
  if ((await readdir(dataDir)).length > 0) {
    throw new DatabaseStartError(`${dataDir} holds files but no database.`);
  }
  await writeFile(marker, "");
  return true;
}

function creationMarker(dataDir: string): string {
  return `${dataDir}.creating`;
}

/** PGlite tells a compressed dump from a plain one by its type only. */
async function typedBlob(dump: Blob | Buffer): Promise<Blob> {
  const blob = dump instanceof Blob ? dump : new Blob([new Uint8Array(dump)]);
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const isCompressed = first === 0x1f && second === 0x8b;
  return blob.slice(0, blob.size, isCompressed ? "application/x-gzip" : "application/x-tar");
}
