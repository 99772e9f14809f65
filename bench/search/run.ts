/**
 * Speed of search(), and what its vector leg finds under filters, with default settings in the embedded database.
 *
 *   npm run bench -- search --data DIR [--chunks 100000] [--ingesting] [--http] [--queries 300]
 *     [--store DIR] [--out FILE]
 *
 * Without `--chunks`: the abstracts of SciFact, 5,183 documents. With it: as many passages of about 150 words, besides a
 * collection with 2 % as many and another organisation with 2 % as many. `--ingesting` measures while a worker process
 * reads Cranfield. `--http` starts the whole program, uploads the abstracts and measures `POST /api/search`. `--store` keeps
 * the filled database there. Quality is measured by `npm run bench -- retrieval`.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { loadSet } from "../builtin-answers/load-set.ts";
import { measureEmbedded } from "./measure-embedded.ts";
import { measureHttp } from "./measure-http.ts";
import type { RecallFigures } from "./measure-recall.ts";
import { figuresLine, type SearchFigures } from "./measure-search.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    chunks: { type: "string" },
    ingesting: { type: "boolean", default: false },
    http: { type: "boolean", default: false },
    queries: { type: "string", default: "300" },
    store: { type: "string" },
    out: { type: "string" },
  },
});

const perSet = Math.ceil(Number(values.queries) / 3);
const questionsFrom = (first: number) =>
  ["scifact", "2wiki-multihop", "cranfield"].flatMap((name) =>
    loadSet(values.data, name)
      .queries.slice(first, first + perSet)
      .map(({ text }) => text),
  );
const questions = questionsFrom(0);

interface Measured {
  readonly speed: readonly SearchFigures[];
  readonly recall: readonly RecallFigures[];
  readonly rows?: number;
}

function measure(): Promise<Measured> {
  const { data, store, chunks } = values;
  if (values.http)
    return measureHttp(data, store, questions, questionsFrom(perSet)).then((figures) => ({
      speed: [figures],
      recall: [],
    }));
  const count = chunks === undefined ? undefined : Number(chunks);
  return measureEmbedded({
    data,
    questions,
    warmUp: questionsFrom(perSet),
    chunks: count,
    isIngesting: values.ingesting,
    store,
  });
}

function tableOf({ speed, recall, rows }: Measured): string {
  const loads = loadavg().map((load) => load.toFixed(1));
  return [
    `${rows ?? "SciFact's"} passages; load average ${loads.join(", ")}; ${new Date().toISOString().slice(0, 16)}`,
    "",
    "| searches | n | p50 ms | p95 ms | max ms | processor, own | processor, database | statements over 100 ms | steps p50/p95 |",
    "|---|---|---|---|---|---|---|---|---|",
    ...speed.map(figuresLine),
    "",
    ...(recall.length === 0
      ? []
      : ["| vector leg against an exact scan | recall@10 | recall@100 |", "|---|---|---|"]),
    ...recall.map(({ label, at10, at100 }) => `| ${label} | ${at10.toFixed(3)} | ${at100.toFixed(3)} |`),
  ].join("\n");
}

const text = tableOf(await measure());
console.log(text);
if (values.out !== undefined) writeFileSync(values.out, `${text}\n`);
process.exit(0);
