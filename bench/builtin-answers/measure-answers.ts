import {
  answerFromSources,
  type ExtractiveAnswer,
} from "../../lib/router/upstreams/builtin/answer-from-sources.ts";
import { formatSources } from "../../lib/shared/prompt-contract.ts";
import { topicWeight } from "../../lib/shared/text/common-words.ts";
import { tokenise } from "../../lib/shared/text/tokenise.ts";
import { Bm25, rankScores } from "./bm25.ts";
import type { BenchDocument, BenchQuery, BenchSet } from "./load-set.ts";

const passageCount = 8;
const minTokenRecall = 0.5;

export interface AnswerFigures {
  readonly label: string;
  readonly questions: number;
  /** Share of answerable questions whose answer holds the gold; a refusal is a miss. */
  readonly recallTop8: number;
  readonly recallOracle: number;
  /** Share whose gold document is among the eight passages: the ceiling of recallTop8. */
  readonly retrieved: number;
  readonly sentences: number;
  readonly words: number;
  readonly falseRefusals: number;
  readonly trueRefusals: number;
  readonly refusalPrecision: number;
  readonly auroc: number;
  readonly millisecondsPerAnswer: number;
}

function ask(question: string, documents: readonly BenchDocument[]): ExtractiveAnswer {
  const sources = documents.map((document, index) => ({
    number: index + 1,
    title: document.title,
    text: document.text,
  }));
  return answerFromSources([
    { role: "system", content: formatSources(sources) },
    { role: "user", content: question },
  ]);
}

function contentStems(text: string): Set<string> {
  return new Set(
    tokenise(text)
      .filter((token) => topicWeight(token.word) > 0)
      .map((token) => token.stem),
  );
}

/** Sets with evidence: a sentence of the answer covers the span. Others: half the gold answer's content stems are there. */
function holdsGold(
  query: BenchQuery,
  answer: ExtractiveAnswer,
  documents: readonly BenchDocument[],
): boolean {
  if (answer.outcome !== "answered") return false;
  const [span] = query.evidence;
  if (span !== undefined) {
    return answer.sentences.some((sentence) => {
      const document = documents[(sentence.source ?? 0) - 1];
      return document?.id === span.doc && sentence.start <= span.start && sentence.end >= span.end;
    });
  }
  const gold = contentStems(query.answer);
  const said = contentStems(answer.sentences.map((sentence) => sentence.text).join(" "));
  const met = [...gold].filter((stem) => said.has(stem)).length;
  return gold.size > 0 && met / gold.size >= minTokenRecall;
}

/** Every sentence must stand in its source word for word; a benchmark on made-up quotes would be worth nothing. */
function checkVerbatim(answer: ExtractiveAnswer, documents: readonly BenchDocument[]): void {
  for (const sentence of answer.sentences) {
    const text = documents[(sentence.source ?? 0) - 1]?.text.slice(sentence.start, sentence.end) ?? "";
    // The prompt format defuses source tags inside a text, one character for one.
    const expected = text
      .replace(/<(?=\/?source\b)/gi, "‹")
      .replace(/\s+/g, " ")
      .trim();
    if (expected !== sentence.text) throw new Error(`Not verbatim: ${sentence.text}`);
  }
}

/** Area under the ROC curve of the confidences: the chance that an answerable question ranks above another. */
function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number {
  let wins = 0;
  for (const positive of positives) {
    for (const negative of negatives) wins += positive > negative ? 1 : positive === negative ? 0.5 : 0;
  }
  return wins / (positives.length * negatives.length);
}

/** Share of questions of one set that are refused over the best passages of another: nothing there can answer. */
export function measureForeignRefusals(set: BenchSet, questions: readonly BenchQuery[]): number {
  const bm25 = new Bm25(set.documents);
  const refused = questions.filter((query) => {
    const ranked = rankScores(bm25.score(query.text), passageCount).flatMap(
      (index) => set.documents[index] ?? [],
    );
    return ask(query.text, ranked).outcome !== "answered";
  });
  return refused.length / questions.length;
}

/** Asks every question thrice: over the eight best passages, over the gold alone, and with the gold taken away. */
export function measureAnswers(set: BenchSet, label: string, queries: readonly BenchQuery[]): AnswerFigures {
  const bm25 = new Bm25(set.documents);
  const sums = {
    top8: 0,
    oracle: 0,
    retrieved: 0,
    sentences: 0,
    words: 0,
    answered: 0,
    trueRefusals: 0,
    falseRefusals: 0,
  };
  const positives: number[] = [];
  const negatives: number[] = [];
  let milliseconds = 0;
  for (const query of queries) {
    const isGold = (document: BenchDocument) => set.grades.get(query.id)?.has(document.id) === true;
    const ranked = rankScores(bm25.score(query.text), passageCount * 4).flatMap(
      (index) => set.documents[index] ?? [],
    );
    const passages = ranked.slice(0, passageCount);
    const started = performance.now();
    const answer = ask(query.text, passages);
    milliseconds += performance.now() - started;
    checkVerbatim(answer, passages);
    positives.push(answer.confidence);
    if (passages.some(isGold)) sums.retrieved++;
    if (holdsGold(query, answer, passages)) sums.top8++;
    if (answer.outcome === "answered") {
      sums.answered++;
      sums.sentences += answer.sentences.length;
      sums.words += answer.sentences.reduce((sum, sentence) => sum + sentence.text.split(" ").length, 0);
    } else sums.falseRefusals++;

    const gold = set.documents.filter(isGold);
    if (holdsGold(query, ask(query.text, gold), gold)) sums.oracle++;

    const without = ask(query.text, ranked.filter((document) => !isGold(document)).slice(0, passageCount));
    negatives.push(without.confidence);
    if (without.outcome !== "answered") sums.trueRefusals++;
  }
  const count = queries.length;
  return {
    label,
    questions: count,
    recallTop8: sums.top8 / count,
    recallOracle: sums.oracle / count,
    retrieved: sums.retrieved / count,
    sentences: sums.sentences / sums.answered,
    words: sums.words / sums.answered,
    falseRefusals: sums.falseRefusals / count,
    trueRefusals: sums.trueRefusals / count,
    refusalPrecision: sums.trueRefusals / Math.max(1, sums.trueRefusals + sums.falseRefusals),
    auroc: areaUnderCurve(positives, negatives),
    millisecondsPerAnswer: milliseconds / count,
  };
}
