/**
 * What is read around found passages: do built-in answers get better or worse when each passage is given with its
 * neighbours?
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chunkText, type TextChunk } from "../../lib/knowledge/chunk/chunk-text.ts";
import { joinPassages, type Span } from "../../lib/knowledge/neighbours/join-passages.ts";
import { withoutPages } from "../../lib/knowledge/parse/text/parse-text.ts";
import { answerFromSources } from "../../lib/router/upstreams/builtin/answer-from-sources.ts";
import { formatSources } from "../../lib/shared/prompt-contract.ts";
import { Bm25, rankScores } from "../builtin-answers/bm25.ts";
import { type BenchQuery, loadSet } from "../builtin-answers/load-set.ts";

const PASSAGES = 8;

const { values: options } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    out: { type: "string", default: "bench/neighbours/results.md" },
    date: { type: "string", default: new Date().toISOString().slice(0, 10) },
  },
});

type Passage = Span & { readonly index: number };

/** How passages are given to the answerer. */
interface Manner {
  readonly label: string;
  readonly reach: number;
  /** Only so many of the best passages are given with their neighbours. */
  readonly best: number;
  readonly charactersMax: number;
}

const MANNERS: readonly Manner[] = [
  { label: "found passages alone", reach: 0, best: 0, charactersMax: 0 },
  {
    label: "one neighbour each side, best 3 passages, 20,000 characters",
    reach: 1,
    best: 3,
    charactersMax: 20_000,
  },
  { label: "one each side, all, 16,000", reach: 1, best: PASSAGES, charactersMax: 16_000 },
  { label: "one each side, all, 20,000", reach: 1, best: PASSAGES, charactersMax: 20_000 },
  { label: "two each side, all, 32,000", reach: 2, best: PASSAGES, charactersMax: 32_000 },
];

const set = loadSet(options.data, "chunk-spans");
const textOf = new Map(set.documents.map((document) => [document.id, document.text]));
const passages: Passage[] = [];
const chunksOf = new Map<string, TextChunk[]>();
for (const document of set.documents) {
  const chunks = chunkText(withoutPages("bench", document.text, [], null));
  chunksOf.set(document.id, chunks);
  for (const [index, chunk] of chunks.entries())
    passages.push({
      versionId: document.id,
      start: chunk.start,
      end: chunk.end,
      text: chunk.text,
      page: null,
      index,
    });
}
const bm25 = new Bm25(passages.map(({ text }, index) => ({ id: String(index), title: "", text })));

function around({ versionId, index }: Passage, reach: number): Span {
  const chunks = chunksOf.get(versionId) ?? [];
  const [first, last] = [
    chunks[Math.max(0, index - reach)],
    chunks[Math.min(chunks.length - 1, index + reach)],
  ];
  const [start, end] = [first?.start ?? 0, last?.end ?? 0];
  return { versionId, start, end, text: (textOf.get(versionId) ?? "").slice(start, end), page: null };
}

interface Outcome {
  readonly hasSpan: boolean;
  readonly hasAllSpans: boolean;
  readonly isAnswered: boolean;
  /** A quoted sentence overlaps a gold span by at least half of the span. */
  readonly isRight: boolean;
  readonly characters: number;
  readonly milliseconds: number;
}

function measure(query: BenchQuery, manner: Manner): Outcome {
  const found = rankScores(bm25.score(query.text), PASSAGES).flatMap((index) => passages[index] ?? []);
  const wider = new Map(
    found.slice(0, manner.best).map((passage) => [passage, around(passage, manner.reach)]),
  );
  const given =
    manner.reach === 0
      ? found
      : joinPassages(found, wider, manner.charactersMax).map(({ passage }) => passage);
  for (const { versionId, start, end, text } of given)
    if (textOf.get(versionId)?.slice(start, end) !== text) throw new Error("a passage is no exact span");
  const holds = (span: BenchQuery["evidence"][number]) =>
    given.some(
      ({ versionId, start, end }) => versionId === span.doc && start <= span.start && end >= span.end,
    );
  const startedAt = performance.now();
  const answer = answerFromSources([
    {
      role: "system",
      content: formatSources(
        given.map(({ text, versionId }, index) => ({ number: index + 1, title: versionId, text })),
      ),
    },
    { role: "user", content: query.text },
  ]);
  const milliseconds = performance.now() - startedAt;
  const isRight =
    answer.outcome === "answered" &&
    answer.sentences.some((sentence) => {
      const passage = given[(sentence.source ?? 0) - 1];
      if (passage === undefined) return false;
      const [start, end] = [passage.start + sentence.start, passage.start + sentence.end];
      return query.evidence.some(
        (span) =>
          span.doc === passage.versionId &&
          Math.min(end, span.end) - Math.max(start, span.start) >= (span.end - span.start) / 2,
      );
    });
  return {
    hasSpan: query.evidence.some(holds),
    hasAllSpans: query.evidence.every(holds),
    isAnswered: answer.outcome === "answered",
    isRight,
    characters: given.reduce((sum, { text }) => sum + text.length, 0),
    milliseconds,
  };
}

/** 95 % interval of the mean paired difference, in points (normal approximation). */
function difference(one: readonly boolean[], other: readonly boolean[]): string {
  const gaps = one.map((value, index) => Number(other[index]) - Number(value));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const spread = Math.sqrt(
    gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1) / gaps.length,
  );
  const points = (value: number) => `${value >= 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  return `${points(mean)} (${points(mean - 1.96 * spread)} to ${points(mean + 1.96 * spread)})`;
}

const percent = (values: readonly boolean[]) =>
  `${((100 * values.filter(Boolean).length) / values.length).toFixed(1)} %`;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function table(queries: readonly BenchQuery[]): string {
  const [plain] = MANNERS;
  const base = queries.map((query) =>
    measure(query, plain ?? { label: "", reach: 0, best: 0, charactersMax: 0 }),
  );
  const rows = MANNERS.map((manner) => {
    const outcomes = queries.map((query) => measure(query, manner));
    const right = outcomes.map(({ isRight }) => isRight);
    return [
      manner.label,
      percent(outcomes.map(({ hasSpan }) => hasSpan)),
      percent(outcomes.map(({ hasAllSpans }) => hasAllSpans)),
      `**${percent(right)}**`,
      manner.reach === 0
        ? ""
        : difference(
            base.map(({ isRight }) => isRight),
            right,
          ),
      percent(outcomes.map(({ isAnswered }) => isAnswered)),
      Math.round(mean(outcomes.map(({ characters }) => characters))).toLocaleString("en"),
      mean(outcomes.map(({ milliseconds }) => milliseconds)).toFixed(0),
    ].join(" | ");
  });
  return [
    "| given to the answerer | a gold span inside | all gold spans inside | **answer quotes a gold span** | against alone, points (95 %) | answered | characters | ms |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
  ].join("\n");
}

/** Share of questions about something else altogether that are refused. */
function foreignRefusals(manner: Manner): string {
  const queries = loadSet(options.data, "product-docs").queries;
  const refused = queries.map((query) => !measure(query, manner).isAnswered);
  return `- ${manner.label}: ${percent(refused)} of ${queries.length}`;
}

// Every other question: both halves see all five documents.
const development = set.queries.filter((_, index) => index % 2 === 0);
const heldOut = set.queries.filter((_, index) => index % 2 === 1);
const report = `# Neighbours of found passages

Command: \`npm run bench -- neighbours --data DIR\` · ${options.date}

chunk-spans: ${set.documents.length} long documents cut as the product cuts them (${passages.length} passages), ${set.queries.length} questions with their gold spans.
The ${PASSAGES} best passages of a BM25 inside the benchmark go to the built-in answerer, alone or with what stands around them. Every
passage given is checked to be an exact span of its document; the run fails otherwise. "Quotes a gold span": a sentence of the
answer covers at least half of one. The manner was chosen on the development half (every other question).

## Development half (${development.length} questions)

${table(development)}

## Held-out half (${heldOut.length} questions)

${table(heldOut)}

Chosen on the development half: the neighbours of the best three passages. It gives what the neighbours of all give there, for half
the added text.

## Questions that have nothing to do with the documents, refused

product-docs questions over the same documents:

${MANNERS.map(foreignRefusals).join("\n")}
`;
writeFileSync(options.out, report);
console.log(report);
