import { splitSentences } from "../../shared/sentences.ts";
import { topicWeight } from "../../shared/text/common-words.ts";
import { tokenise } from "../../shared/text/tokenise.ts";
import type { Verdict } from "../schema.ts";
import { normaliseText } from "./normalise-text.ts";

/** The words of a passage that speak for a claim, and how well. Offsets count in the document version's text. */
export interface SupportingSpan {
  readonly start: number;
  readonly end: number;
  /** The source's own words: `version.text.slice(start, end)`. */
  readonly quote: string;
  readonly verdict: Verdict;
  /** Share of the claim that the words carry, 0 to 1. */
  readonly score: number;
}

/** A passage: its text and where it begins in its document version. */
export interface Passage {
  readonly text: string;
  readonly start: number;
}

/**
 * Shares of a claim's weighted stems from which it counts as supported, and as partly supported. Measured on labelled
 * claims (bench/citation-support); a number of the claim that the words lack rules out full support.
 */
const SUPPORTED_FROM = 0.8;
const PARTLY_FROM = 0.5;

/** Sentences a quote may join: a claim often rests on a sentence and the one that names its subject. */
const WINDOW_SENTENCES_MAX = 3;

/** A longer window must carry this much more of the claim to be worth its length. */
const GAIN_PER_SENTENCE = 0.08;

interface Claim {
  /** Weight of each distinct stem. */
  readonly weights: ReadonlyMap<string, number>;
  readonly numbers: ReadonlySet<string>;
  readonly total: number;
}

function readClaim(text: string): Claim {
  const weights = new Map<string, number>();
  const numbers = new Set<string>();
  for (const { word, stem } of tokenise(text)) {
    if (/\p{N}/u.test(word)) {
      numbers.add(stem);
      weights.set(stem, 1.5);
    } else {
      const weight = topicWeight(word);
      // Longer words are rarer on the whole; nothing else is known about them here.
      if (weight > 0) weights.set(stem, weight * Math.min(1, 0.5 + word.length / 12));
    }
  }
  let total = 0;
  for (const weight of weights.values()) total += weight;
  return { weights, numbers, total };
}

function covers(claim: Claim, stems: ReadonlySet<string>): { score: number; hasNumbers: boolean } {
  let carried = 0;
  for (const [stem, weight] of claim.weights) if (stems.has(stem)) carried += weight;
  const hasNumbers = [...claim.numbers].every((number) => stems.has(number));
  return { score: claim.total === 0 ? 0 : carried / claim.total, hasNumbers };
}

/**
 * Finds the words of a passage that support a claim: the claim itself when it stands there (apart from case, blanks,
 * quotation marks, dashes and broken words), otherwise the run of one to three sentences that carries most of it.
 *
 * @returns always a span of the passage; its verdict says whether it may be shown as evidence.
 */
export function supportingSpan(claim: string, passage: Passage): SupportingSpan {
  return findVerbatim(claim, passage) ?? findBestWindow(readClaim(claim), passage);
}

/** Words around a claim that are no part of it: list marks, heading marks, the stop at its end. */
function core(normalised: string): string {
  return normalised.replace(/^[\s>#+•-]+/u, "").replace(/[\s.!?:;,]+$/u, "");
}

function findVerbatim(claim: string, passage: Passage): SupportingSpan | undefined {
  const needle = core(normaliseText(claim).text);
  if (needle.length < 3) return undefined;
  const hay = normaliseText(passage.text);
  const position = hay.text.indexOf(needle);
  if (position < 0) return undefined;
  const isWordStart = !/[\p{L}\p{N}]/u.test(hay.text[position - 1] ?? " ");
  const isWordEnd = !/[\p{L}\p{N}]/u.test(hay.text[position + needle.length] ?? " ");
  if (!isWordStart || !isWordEnd) return undefined;
  const start = hay.starts[position] ?? 0;
  let end = hay.ends[position + needle.length - 1] ?? start;
  // The stop that ends the sentence belongs to the quote.
  end += /^["'”’)\]]{0,2}[.!?]["'”’)\]]{0,2}/u.exec(passage.text.slice(end, end + 5))?.[0].length ?? 0;
  return span(passage, start, end, "supported", 1);
}

function findBestWindow(claim: Claim, passage: Passage): SupportingSpan {
  const sentences = splitSentences(passage.text).map((range) => ({
    ...range,
    stems: new Set(tokenise(passage.text.slice(range.start, range.end)).map(({ stem }) => stem)),
  }));
  let best = { value: -1, score: 0, hasNumbers: false, start: 0, end: 0 };
  for (const [index, first] of sentences.entries()) {
    const stems = new Set<string>();
    for (let length = 1; length <= WINDOW_SENTENCES_MAX; length += 1) {
      const last = sentences[index + length - 1];
      if (last === undefined) break;
      for (const stem of last.stems) stems.add(stem);
      const { score, hasNumbers } = covers(claim, stems);
      const value = score - (hasNumbers ? 0 : 0.15) - (length - 1) * GAIN_PER_SENTENCE;
      if (value > best.value) best = { value, score, hasNumbers, start: first.start, end: last.end };
    }
  }
  return span(passage, best.start, best.end, verdictOf(best.score, best.hasNumbers), best.score);
}

function verdictOf(score: number, hasNumbers: boolean): Verdict {
  if (score >= SUPPORTED_FROM && hasNumbers) return "supported";
  return score >= PARTLY_FROM ? "partly" : "unsupported";
}

function span(passage: Passage, start: number, end: number, verdict: Verdict, score: number): SupportingSpan {
  return {
    start: passage.start + start,
    end: passage.start + end,
    quote: passage.text.slice(start, end),
    verdict,
    score,
  };
}
