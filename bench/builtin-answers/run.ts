import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { refusalThreshold } from "../../lib/router/upstreams/builtin/answer/judge-answerable.ts";
import { type EmbedderRow, measureEmbedder, recipes } from "./embedder-table.ts";
import { type BenchSet, loadSet } from "./load-set.ts";
import { type AnswerFigures, measureAnswers, measureForeignRefusals } from "./measure-answers.ts";

/**
 * Measures the built-in models on public development sets and writes results.md beside this file:
 * `node bench/builtin-answers/run.ts --data ../shared/data [--skip-embedder] [--out FILE]`; `npx biome format --write` tidies its tables.
 */

const { values: options } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    out: { type: "string", default: join(import.meta.dirname, "results.md") },
    date: { type: "string", default: new Date().toISOString().slice(0, 10) },
    "skip-embedder": { type: "boolean", default: false },
  },
});

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const three = (value: number) => value.toFixed(3).replace(/^0/, "");

/** Half the width of a 95 % interval for a share (normal approximation). */
function halfInterval(share: number, count: number): string {
  return `± ${(196 * Math.sqrt((share * (1 - share)) / count)).toFixed(1)}`;
}

function answerTable(rows: readonly AnswerFigures[]): string {
  const head =
    "| set | n | gold retrieved | **recall, top 8** | recall, gold passage alone | sentences | words | ms |\n|---|---|---|---|---|---|---|---|";
  const lines = rows.map((row) =>
    [
      row.label,
      row.questions,
      percent(row.retrieved),
      `**${percent(row.recallTop8)}** ${halfInterval(row.recallTop8, row.questions)}`,
      `${percent(row.recallOracle)} ${halfInterval(row.recallOracle, row.questions)}`,
      row.sentences.toFixed(2),
      row.words.toFixed(0),
      row.millisecondsPerAnswer.toFixed(1),
    ].join(" | "),
  );
  return [head, ...lines.map((line) => `| ${line} |`)].join("\n");
}

function refusalTable(rows: readonly AnswerFigures[]): string {
  const head =
    "| set | answerable, refused | gold removed, refused (recall) | precision | AUROC |\n|---|---|---|---|---|";
  const lines = rows.map((row) =>
    [
      row.label,
      percent(row.falseRefusals),
      percent(row.trueRefusals),
      percent(row.refusalPrecision),
      three(row.auroc),
    ].join(" | "),
  );
  return [head, ...lines.map((line) => `| ${line} |`)].join("\n");
}

function embedderTable(rows: readonly EmbedderRow[], sets: readonly BenchSet[]): string {
  const head = `| recipe | ${sets.map((set) => `${set.name}: alone / fused .2 / fused .3`).join(" | ")} | texts/s |`;
  const names = [...new Set(rows.map((row) => row.recipe))];
  const bm25 = sets.map((set) => three(rows.find((row) => row.set === set.name)?.bm25 ?? 0)).join(" | ");
  const lines = names.map((name) => {
    const own = rows.filter((row) => row.recipe === name);
    const cells = own.map((row) => `${three(row.alone)} / ${three(row.fused20)} / ${three(row.fused30)}`);
    const speed = Math.round(Math.min(...own.map((row) => row.textsPerSecond)) / 100) * 100;
    return `| ${name} | ${cells.join(" | ")} | ${speed} |`;
  });
  const rule = `|---|${sets.map(() => "---|").join("")}---|`;
  return [head, rule, `| BM25 alone | ${bm25} | |`, ...lines].join("\n");
}

const xquad = loadSet(options.data, "xquad");
const productDocs = loadSet(options.data, "product-docs");
const half = Math.floor(xquad.queries.length / 2);
const answers = [
  measureAnswers(xquad, "xquad en, first half (development)", xquad.queries.slice(0, half)),
  measureAnswers(xquad, "xquad en, second half (held out)", xquad.queries.slice(half)),
  measureAnswers(productDocs, "product-docs", productDocs.queries),
];
const foreign = [
  `- product-docs questions over XQuAD passages: ${percent(measureForeignRefusals(xquad, productDocs.queries))} refused (n = ${productDocs.queries.length})`,
  `- XQuAD questions (second half) over product-docs passages: ${percent(measureForeignRefusals(productDocs, xquad.queries.slice(half)))} refused (n = ${xquad.queries.length - half})`,
];

const sets = options["skip-embedder"]
  ? []
  : ["scifact", "cranfield", "product-docs"].map((name) => loadSet(options.data, name));
const rows = Object.entries(recipes).flatMap(([name, recipe]) =>
  sets.map((set) => measureEmbedder(set, name, recipe)),
);

const report = `# Built-in models: answers, refusals, embedder

Command: \`node bench/builtin-answers/run.ts --data ../shared/data\` · ${options.date} · ${cpus().length} cores, Node ${process.versions.node.split(".")[0]}

Passages come from a BM25 (1.2 / 0.75) inside the benchmark, so the figures are about the answerer and not about the
product's search. Every quoted sentence is checked to stand in its source word for word; the run fails otherwise.

## Answer-sentence recall

Share of answerable questions whose answer holds the gold; a refusal counts as a miss. XQuAD: a sentence of the answer,
quoted from the gold paragraph, covers the gold span. Product-docs has free-text gold answers: at least half of the gold
answer's distinct content-word stems occur in the answer (they are paraphrases, so 100 % is out of reach for quotes).
"Sentences" and "words" are means over the questions answered; "ms" is the time per answer over eight passages.

${answerTable(answers)}

The first half of XQuAD (and half of chunk-spans, which is not shown here) served to fit and choose; the second half did
not. Product-docs is not held out either: its outputs were read, and the refusal threshold and the weights set by hand were
checked on it.

## Refusals at confidence < ${refusalThreshold}

"Gold removed" asks the same questions after their gold documents were taken out of the corpus: the eight passages then
come from the same articles and look alike, the hardest kind of unanswerable. In product-docs several pages say the same,
so many of these questions stay answerable. Precision: share of refusals, over both kinds in equal number, that were right.

${refusalTable(answers)}

Questions that have nothing to do with the documents:

${foreign.join("\n")}
${
  rows.length === 0
    ? ""
    : `
## Embedder

nDCG@10 of the vectors alone, and min-max-fused with BM25 at weight .2 and .3 for the vectors (first 100 of each leg).
Each recipe is the chosen one with one thing changed. The speed is the slowest of the sets (product-docs, texts up to
thousands of words), one process on a machine that others used at the same time: read it as a lower bound.

${embedderTable(rows, sets)}

Alone the vectors are far below BM25: they find shared wording, not meaning. Fused at .2 they add a little where wording
varies (product-docs, Cranfield) and cost nothing that can be told from noise on SciFact. More weight than .3 is not advised.
`
}`;
writeFileSync(options.out, report);
console.log(report);
