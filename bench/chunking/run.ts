/**
 * How passages of several sizes cover the 790 gold spans of chunk-spans (BM25, five passages a question), and how many
 * passages change when a sentence is put into a document.
 *
 *   node bench/chunking/run.ts --data DIR
 */
import { parseArgs } from "node:util";
import { chunkText } from "../../lib/knowledge/chunk/chunk-text.ts";
import { parseText } from "../../lib/knowledge/parse/text/parse-text.ts";
import { loadSpans } from "./load-spans.ts";
import { measureCoverage } from "./measure-coverage.ts";
import { measureStability } from "./measure-stability.ts";

const { values } = parseArgs({ options: { data: { type: "string", default: "../shared/data" } } });
const TARGETS = [100, 150, 200, 300, 400];

const { documents, questions } = loadSpans(values.data);
const parsed = documents.map(({ id, text }) => ({ id, source: parseText(Buffer.from(text)) }));
for (const { id, source } of parsed) {
  const original = documents.find((document) => document.id === id)?.text;
  if (source.text !== original)
    console.log(`${id}: the text was cleaned, spans are found again by their words`);
}
console.log("target  passages  words   recall  precision  whole span  changed by a sentence (mean, most)");
for (const targetWords of TARGETS) {
  const chunks = parsed.flatMap(({ id, source }) =>
    chunkText(source, { targetWords }).map((chunk) => ({ document: id, ...chunk })),
  );
  const words = chunks.reduce((sum, { text }) => sum + (text.match(/\S+/g)?.length ?? 0), 0) / chunks.length;
  const { recall, precision, whole } = measureCoverage(chunks, questions, parsed);
  const { mean, most } = measureStability(
    parsed.map(({ source }) => source.text),
    targetWords,
  );
  console.log(
    `${String(targetWords).padEnd(7)} ${String(chunks.length).padEnd(9)} ${words.toFixed(0).padEnd(7)} ${recall.toFixed(3)}   ${precision.toFixed(3)}      ${whole.toFixed(3)}       ${mean.toFixed(1)}, ${most}`,
  );
}
