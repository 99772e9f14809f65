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
import {
  describeStatements,
  measureSearch,
  type SearchFigures,
  spreadOf,
  type TimedSearches,
  WARM_UP_ROUNDS,
} from "./measure-search.ts";

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
  const filled = await fillOnce(bench, options);
  await awaitUpkeep();
  const [stored] = await database().sql<{ rows: number }[]>`select count(*)::integer as rows from chunk`;
  const firstMs = performance.now();
  await measureSearch(bench, bench.principal, "first", options.questions.slice(0, 1));
  console.log(`first search after the start ${(performance.now() - firstMs).toFixed(0)} ms`);
  for (let round = 1; round <= WARM_UP_ROUNDS; round += 1) {
    const { figures } = await measureSearch(bench, bench.principal, "warm", options.warmUp);
    // While copies are read, the database searches by itself.
    console.log(`warm-up ${round}: statements over 100 ms: ${describeStatements(figures.statements)}`);
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
  const measure = async (label: string, who: Principal, settings: Parameters<typeof measureSearch>[4] = {}) =>
    (await measureSearch(bench, who, label, questions, settings)).figures;
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
  bench: BenchDatabase,
  { questions, data }: EmbeddedOptions,
): Promise<SearchFigures[]> {
  let isOver = false;
  const ingestion = ingestFiles(
    bench.principal,
    bench.socketPath,
    "cranfield",
    markdownFiles(loadSet(data, "cranfield").documents),
  ).then((ingested) => {
    isOver = true;
    return ingested;
  });
  const rounds: TimedSearches[] = [];
  while (!isOver) {
    const label = `ingesting, round ${rounds.length + 1}`;
    rounds.push(await measureSearch(bench, bench.principal, label, questions.slice(0, 60)));
  }
  const { totalMs, names } = await ingestion;
  console.log(`${names.size} documents read meanwhile in ${(totalMs / 1_000).toFixed(1)} s`);
  return [...rounds.map(({ figures }) => figures), together(rounds)];
}

/** All rounds as one. */
function together(rounds: readonly TimedSearches[]): SearchFigures {
  const figures = rounds.map((round) => round.figures);
  const mean = (read: (one: SearchFigures) => number) =>
    figures.reduce((sum, one) => sum + read(one) * one.count, 0) /
    figures.reduce((sum, one) => sum + one.count, 0);
  return {
    label: "ingesting, all rounds",
    ...spreadOf(rounds.flatMap(({ timesMs }) => timesMs)),
    ownMs: mean(({ ownMs }) => ownMs),
    databaseMs: mean(({ databaseMs }) => databaseMs),
    statements: {
      count: figures.reduce((sum, { statements }) => sum + (statements?.count ?? 0), 0),
      longCount: figures.reduce((sum, { statements }) => sum + (statements?.longCount ?? 0), 0),
      longestMs: Math.max(...figures.map(({ statements }) => statements?.longestMs ?? 0)),
    },
    steps: "",
  };
}
