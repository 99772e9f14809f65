import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Principal } from "../../lib/identity/schema.ts";
import { database, withSystem } from "../../lib/platform/db/index.ts";
import { newId } from "../../lib/shared/ids.ts";
import { loadSet } from "../builtin-answers/load-set.ts";
import { ingestFiles, markdownFiles } from "../ingest/ingest-set.ts";
import { type BenchDatabase, openBenchDatabase } from "../ingest/open-bench-database.ts";
import { abstracts, drawnPassages, type FillDocument, fill } from "./fill-passages.ts";
import { measureRecall, type RecallFigures } from "./measure-recall.ts";
import { measureSearch, type SearchFigures, WARM_UP_ROUNDS } from "./measure-search.ts";

/** What to measure. */
export interface EmbeddedOptions {
  readonly data: string;
  readonly questions: readonly string[];
  /** Others, asked before anything is measured. */
  readonly warmUp: readonly string[];
  /** Drawn passages; without it the abstracts of SciFact. */
  readonly chunks: number | undefined;
  readonly isIngesting: boolean;
  /** Where the filled database is kept. */
  readonly store: string | undefined;
}

interface Filled {
  readonly side: string;
  readonly small: Principal;
}

/** Measures `search()` in this process on an embedded database in a process of its own. */
export async function measureEmbedded(
  options: EmbeddedOptions,
): Promise<{ speed: SearchFigures[]; recall: RecallFigures[]; rows: number }> {
  const bench = await openBenchDatabase(options.store);
  const warmUp = (count: number) =>
    measureSearch(bench.principal, bench.pid, "warm", options.questions.slice(0, count));
  const filled = await fillOnce(bench, options);
  await awaitUpkeep();
  const [stored] = await database().sql<{ rows: number }[]>`select count(*)::integer as rows from chunk`;
  const firstMs = performance.now();
  await warmUp(1);
  console.log(`first search after the start ${(performance.now() - firstMs).toFixed(0)} ms`);
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    await measureSearch(bench.principal, bench.pid, "warm", options.warmUp);
  }
  const { speed, recall } = await measureAll(bench, options, filled);
  if (options.isIngesting) speed.push(...(await measureIngesting(bench, options)));
  await bench.close();
  return { speed, recall, rows: stored?.rows ?? 0 };
}

/** Waits for what the database does in quiet moments: tables looked at anew, segments of the word index merged. */
async function awaitUpkeep(): Promise<void> {
  const startMs = performance.now();
  const look = async () => {
    const [row] = await database().sql<{ segments: string }[]>`
      select bm25_level_counts('chunk_bm25'::regclass)::text as segments`;
    return row?.segments ?? "";
  };
  for (let before = "", same = 0; same < 10; ) {
    const segments = await look();
    same = segments === before ? same + 1 : 0;
    before = segments;
    await new Promise((resolve) => setTimeout(resolve, 6_000));
  }
  console.log(`upkeep ${((performance.now() - startMs) / 1_000).toFixed(0)} s, segments ${await look()}`);
}

/** Fills the database unless it was kept. */
async function fillOnce({ principal }: BenchDatabase, options: EmbeddedOptions): Promise<Filled> {
  const kept = join(options.store ?? "/nowhere", "filled.json");
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Filled;
  const small: Principal = { ...principal, orgId: newId(), userId: newId() };
  await withSystem((transaction) =>
    transaction.execute(sql`insert into organisation (id, name) values (${small.orgId}, 'Small')`),
  );
  const count = options.chunks;
  const documents =
    count === undefined ? abstracts(options.data) : drawnPassages(options.data, Math.round(count * 1.02));
  const share = Math.round(documents.length * 0.02);
  const parts: [Principal, string, FillDocument[]][] = [
    [principal, "Side", documents.slice(0, share)],
    [small, "Own", documents.slice(share, 2 * share)],
    [principal, "Main", documents.slice(2 * share)],
  ];
  const startMs = performance.now();
  const ids: string[] = [];
  for (const [owner, name, part] of parts) ids.push(await fill(owner, name, part));
  console.log(`filled in ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
  const filled = { side: ids[0] ?? "", small };
  if (options.store !== undefined) writeFileSync(kept, JSON.stringify(filled));
  return filled;
}

async function measureAll(bench: BenchDatabase, options: EmbeddedOptions, { side, small }: Filled) {
  const { principal } = bench;
  const { questions } = options;
  const measure = (label: string, who: Principal, settings: Parameters<typeof measureSearch>[4] = {}) =>
    measureSearch(who, bench.pid, label, questions, settings);
  const speed = [await measure("default", principal)];
  if (options.isIngesting) return { speed, recall: [] as RecallFigures[] };
  for (const mode of ["keyword", "semantic"] as const) speed.push(await measure(mode, principal, { mode }));
  speed.push(await measure("collection of 2 %", principal, { collectionIds: [side] }));
  speed.push(await measure("organisation of 2 %", small));
  const some = questions.filter((_, index) => index % 5 === 0);
  const recall = [
    await measureRecall(principal, "all", some, {}),
    await measureRecall(principal, "collection of 2 %", some, { collectionIds: [side] }),
    await measureRecall(small, "organisation of 2 %", some, {}),
  ];
  return { speed, recall };
}

/** Searches over and over while the documents are read. */
async function measureIngesting(
  { principal, socketPath, pid }: BenchDatabase,
  { questions, data }: EmbeddedOptions,
): Promise<SearchFigures[]> {
  let isOver = false;
  const ingestion = ingestFiles(
    principal,
    socketPath,
    "cranfield",
    markdownFiles(loadSet(data, "cranfield").documents),
  ).then((ingested) => {
    isOver = true;
    return ingested;
  });
  const rounds: string[] = [];
  const figures: SearchFigures[] = [];
  while (!isOver) {
    rounds.push("");
    figures.push(
      await measureSearch(principal, pid, `ingesting, round ${rounds.length}`, questions.slice(0, 60)),
    );
  }
  const { totalMs, names } = await ingestion;
  console.log(`${names.size} documents read meanwhile in ${(totalMs / 1_000).toFixed(1)} s`);
  return figures;
}
