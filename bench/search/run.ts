/**
 * Quality and speed of search() with default settings, over documents that were uploaded and read the normal way.
 *
 *   VOUCH_DATA_DIR=$(mktemp -d) node bench/search/run.ts --data DIR [--sets scifact,cranfield,product-docs]
 *
 * nDCG@10 (linear gain) by document: a document stands where its best passage does. Times are those of search() itself,
 * warm, one at a time, in the embedded database in a process of its own.
 */
import { parseArgs } from "node:util";
import { search } from "../../lib/knowledge/index.ts";
import type { SearchRequestInput } from "../../lib/knowledge/schema.ts";
import { type BenchSet, loadSet } from "../builtin-answers/load-set.ts";
import { type IngestedSet, ingestSet } from "../ingest/ingest-set.ts";
import { openBenchDatabase } from "../ingest/open-bench-database.ts";
import { ndcg, percentile } from "./evaluate-ranking.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    sets: { type: "string", default: "cranfield,product-docs,scifact" },
    queries: { type: "string", default: "300" },
  },
});

/** Passages asked for, so that ten documents are among them. */
const PASSAGES = 50;
const WEIGHTS = [0.15, 0.25, 0.35, 0.5, 0.7];
const SPEED_QUERIES = 300;

const bench = await openBenchDatabase();
const { principal } = bench;

async function rankDocuments(set: IngestedSet, query: string, settings: Partial<SearchRequestInput>) {
  const { results } = await search(principal, {
    query,
    collectionIds: [set.collectionId],
    limit: PASSAGES,
    ...settings,
  });
  return [...new Set(results.map(({ documentId }) => set.names.get(documentId) ?? ""))];
}

async function quality(set: BenchSet, ingested: IngestedSet, settings: Partial<SearchRequestInput>) {
  let sum = 0;
  const queries = set.queries.filter(({ id }) => set.grades.has(id)).slice(0, Number(values.queries));
  for (const { id, text } of queries) {
    sum += ndcg(await rankDocuments(ingested, text, settings), set.grades.get(id) ?? new Map(), 10);
  }
  return { value: sum / queries.length, count: queries.length };
}

async function speed(set: BenchSet, settings: Partial<SearchRequestInput>) {
  const queries = set.queries.slice(0, SPEED_QUERIES).map(({ text }) => text);
  for (const query of queries.slice(0, 50)) await search(principal, { query, ...settings });
  const times: Record<string, number[]> = {};
  for (const query of queries) {
    const { trace } = await search(principal, { query, ...settings });
    for (const [name, value] of Object.entries(trace.timingsMs)) {
      times[name] = [...(times[name] ?? []), value];
    }
  }
  return Object.entries(times)
    .map(([name, all]) => `${name} ${percentile(all, 0.5).toFixed(1)}/${percentile(all, 0.95).toFixed(1)}`)
    .join(", ");
}

for (const name of values.sets.split(",")) {
  const set = loadSet(values.data, name);
  const ingested = await ingestSet(principal, bench.socketPath, name, set.documents);
  console.log(`${name}: ${set.documents.length} documents in ${(ingested.totalMs / 1000).toFixed(1)} s`);
  const runs: [string, Partial<SearchRequestInput>][] = [
    ["default (hybrid)", {}],
    ["keyword", { mode: "keyword" }],
    ["semantic", { mode: "semantic" }],
    ...WEIGHTS.map((semanticWeight) => [`hybrid ${semanticWeight}`, { semanticWeight }] as [string, object]),
  ];
  for (const [label, settings] of runs) {
    const { value, count } = await quality(set, ingested, settings);
    console.log(`  nDCG@10 ${label.padEnd(18)} ${value.toFixed(3)}  (${count} queries)`);
  }
  if (name === "scifact") {
    console.log("  ms p50/p95, all collections:");
    for (const mode of ["hybrid", "keyword", "semantic"] as const) {
      console.log(`    ${mode.padEnd(9)} ${await speed(set, { mode })}`);
    }
  }
}
await bench.close();
process.exit(0);
