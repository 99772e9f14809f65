/**
 * Speed of search(), and what its vector leg finds under filters, with default settings in the embedded database.
 *
 *   npm run bench -- search --data DIR [--chunks 100000] [--ingesting] [--queries 300] [--store DIR] [--out FILE]
 *
 * Without `--chunks`: the abstracts of SciFact, 5,183 documents. With it: as many passages of about 150 words, besides a
 * collection with 2 % as many and another organisation with 2 % as many. `--ingesting` measures while a worker process
 * reads Cranfield. `--store` keeps the filled database there. Quality is measured by `npm run bench -- retrieval`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import type { Principal } from "../../lib/identity/schema.ts";
import { database, withSystem } from "../../lib/platform/db/index.ts";
import { newId } from "../../lib/shared/ids.ts";
import { loadSet } from "../builtin-answers/load-set.ts";
import { ingestSet } from "../ingest/ingest-set.ts";
import { openBenchDatabase } from "../ingest/open-bench-database.ts";
import { abstracts, drawnPassages, type FillDocument, fill } from "./fill-passages.ts";
import { measureRecall, type RecallFigures } from "./measure-recall.ts";
import { figuresLine, measureSearch, type SearchFigures } from "./measure-search.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    chunks: { type: "string" },
    ingesting: { type: "boolean", default: false },
    queries: { type: "string", default: "300" },
    store: { type: "string" },
    out: { type: "string" },
  },
});

interface Filled {
  readonly side: string;
  readonly small: Principal;
}

const bench = await openBenchDatabase(values.store);
const { principal } = bench;
const questions = ["scifact", "2wiki-multihop", "cranfield"].flatMap((name) =>
  loadSet(values.data, name)
    .queries.slice(0, Math.ceil(Number(values.queries) / 3))
    .map(({ text }) => text),
);

/** Fills the database unless it was kept. */
async function fillOnce(): Promise<Filled> {
  const kept = join(values.store ?? "/nowhere", "filled.json");
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8")) as Filled;
  const small: Principal = { ...principal, orgId: newId(), userId: newId() };
  await withSystem((transaction) =>
    transaction.execute(sql`insert into organisation (id, name) values (${small.orgId}, 'Small')`),
  );
  const count = values.chunks === undefined ? null : Number(values.chunks);
  const documents =
    count === null ? abstracts(values.data) : drawnPassages(values.data, Math.round(count * 1.02));
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
  if (values.store !== undefined) writeFileSync(kept, JSON.stringify(filled));
  return filled;
}

async function measureAll({
  side,
  small,
}: Filled): Promise<{ speed: SearchFigures[]; recall: RecallFigures[] }> {
  const measure = (label: string, who: Principal, settings: Parameters<typeof measureSearch>[4] = {}) =>
    measureSearch(who, bench.pid, label, questions, settings);
  const speed = [await measure("default", principal)];
  if (values.ingesting) return { speed, recall: [] };
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
async function measureIngesting(): Promise<SearchFigures[]> {
  let isOver = false;
  const ingestion = ingestSet(
    principal,
    bench.socketPath,
    "cranfield",
    loadSet(values.data, "cranfield").documents,
  ).then((ingested) => {
    isOver = true;
    return ingested;
  });
  const rounds: string[] = [];
  const figures: SearchFigures[] = [];
  while (!isOver) {
    rounds.push("");
    figures.push(
      await measureSearch(principal, bench.pid, `ingesting, round ${rounds.length}`, questions.slice(0, 60)),
    );
  }
  const { totalMs, names } = await ingestion;
  console.log(`${names.size} documents read meanwhile in ${(totalMs / 1_000).toFixed(1)} s`);
  return figures;
}

function tableOf(
  { speed, recall }: { speed: SearchFigures[]; recall: RecallFigures[] },
  rows: unknown,
): string {
  return [
    `${rows} passages; load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(", ")}; ${new Date().toISOString().slice(0, 16)}`,
    "",
    "| searches | n | p50 ms | p95 ms | max ms | processor, own | processor, database | steps p50/p95 |",
    "|---|---|---|---|---|---|---|---|",
    ...speed.map(figuresLine),
    "",
    ...(recall.length === 0
      ? []
      : ["| vector leg against an exact scan | recall@10 | recall@100 |", "|---|---|---|"]),
    ...recall.map(({ label, at10, at100 }) => `| ${label} | ${at10.toFixed(3)} | ${at100.toFixed(3)} |`),
  ].join("\n");
}

const filled = await fillOnce();
const [stored] = await database().sql`select count(*)::integer as rows from chunk`;
const firstMs = performance.now();
await measureSearch(principal, bench.pid, "warm", questions.slice(0, 1));
console.log(`first search after the start ${(performance.now() - firstMs).toFixed(0)} ms`);
await measureSearch(principal, bench.pid, "warm", questions.slice(0, 60));
const measured = await measureAll(filled);
if (values.ingesting) measured.speed.push(...(await measureIngesting()));
const text = tableOf(measured, stored?.rows);
console.log(text);
if (values.out !== undefined) writeFileSync(values.out, `${text}\n`);
await bench.close();
process.exit(0);
