/** One set in a database of its own; started by run.ts, answers with a message. */
import { logLikeACommand } from "../../lib/platform/log.ts";
import { ingestFiles, markdownFiles } from "../ingest/ingest-set.ts";
import { openBenchDatabase } from "../ingest/open-bench-database.ts";
import { openSearchByHttp } from "./ask-by-http.ts";
import { fillSet } from "./fill-set.ts";
import { halfOf, loadRetrievalSet } from "./load-languages.ts";
import { type Measures, measure } from "./metrics.ts";
import { openPlainBm25 } from "./plain-bm25.ts";

/** What became of one question. */
export interface MeasuredQuestion {
  readonly language: string;
  readonly half: "tuning" | "held-out";
  readonly search: Measures;
  readonly byPassages: Measures;
  readonly byDocuments: Measures;
  readonly totalMs: number;
  readonly timingsMs: Readonly<Record<string, number>>;
}

export interface MeasuredSet {
  readonly name: string;
  readonly documents: number;
  readonly ingestMs: number;
  readonly questions: readonly MeasuredQuestion[];
}

/** Passages asked for: as many as the API gives, so that R@100 is as deep as it can be. */
const PASSAGES = 100;
const WARM_UP = 30;

// A line for each of ten thousand requests would hide the figures.
logLikeACommand();
const [, , dataDirectory = "", name = "", translated = "0", way = "direct"] = process.argv;
const set = loadRetrievalSet(dataDirectory, name);
const bench = await openBenchDatabase();
const ingested =
  way === "upload"
    ? await ingestFiles(bench.principal, bench.socketPath, name, markdownFiles(set.documents))
    : await fillSet(bench.principal, name, set.documents);
const plain = await openPlainBm25(set.documents, ingested.names);

const http = await openSearchByHttp(bench.principal);

async function rankBySearch(query: string) {
  const { results, trace } = await http.search(query, PASSAGES);
  const ranking = [...new Set(results.map(({ documentId }) => ingested.names.get(documentId) ?? ""))];
  return { ranking, timingsMs: trace.timingsMs };
}

const byLanguage = Map.groupBy(set.questions, ({ language }) => language);
const limit = Number(translated) || Number.POSITIVE_INFINITY;
const asked = [...byLanguage].flatMap(([language, questions]) =>
  language === "en" ? questions : questions.slice(0, limit),
);
for (const { text } of asked.slice(0, WARM_UP)) await rankBySearch(text);

const questions: MeasuredQuestion[] = [];
for (const question of asked) {
  const grades = set.grades.get(question.id) ?? new Map<string, number>();
  const found = await rankBySearch(question.text);
  questions.push({
    language: question.language,
    half: halfOf(question),
    search: measure(found.ranking, grades),
    byPassages: measure(await plain.byPassages(question.text), grades),
    byDocuments: measure(await plain.byDocuments(question.text), grades),
    totalMs: found.timingsMs.total ?? 0,
    timingsMs: found.timingsMs,
  });
}
await http.close();
await bench.close();
const answer: MeasuredSet = {
  name,
  documents: set.documents.length,
  ingestMs: ingested.totalMs,
  questions,
};
process.send?.(answer, () => process.exit(0));
