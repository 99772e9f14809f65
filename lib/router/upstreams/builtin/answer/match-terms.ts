import { topicWeight } from "../../../../shared/text/common-words.ts";
import { relatedStems } from "../../../../shared/text/related-words.ts";
import { tokenise } from "../../../../shared/text/tokenise.ts";
import type { Question, QuestionTerm } from "./read-question.ts";

/** A text as matching sees it. */
export interface MatchedText {
  readonly stems: readonly string[];
  /** How well each question term is met, 0-1, in the order of the terms. */
  readonly matches: readonly number[];
  /** How many of the stems are content words. */
  readonly contentCount: number;
}

/** Imagined units without any question word: keeps the rarity of a word steady when only a passage or two is given. */
const backgroundUnits = 60;
/** How much a related word counts. */
export const relatedMatch = 0.5;
const prefixMatch = 0.6;
const prefixMinLength = 5;
const prefixMinShare = 0.65;

function sharesPrefix(left: string, right: string): boolean {
  if (left.length < prefixMinLength || right.length < prefixMinLength) return false;
  const limit = Math.min(left.length, right.length);
  let shared = 0;
  while (shared < limit && left[shared] === right[shared]) shared++;
  return shared >= prefixMinLength && shared >= prefixMinShare * Math.max(left.length, right.length);
}

/** How well a set of stems meets one term: itself 1, a near form or a related word about half. */
export function matchTerm(term: QuestionTerm, stems: ReadonlySet<string>): number {
  if (stems.has(term.stem)) return 1;
  if (/\d/.test(term.stem)) return 0;
  const related = relatedStems(term.stem);
  let best = 0;
  for (const stem of stems) {
    if (!term.isSpecific && related.has(stem)) best = Math.max(best, relatedMatch);
    if (sharesPrefix(term.stem, stem)) return prefixMatch;
  }
  return best;
}

/** Matches a text against all terms of a question. */
export function matchText(question: Question, text: string): MatchedText {
  const tokens = tokenise(text);
  const stems = tokens.map((token) => token.stem);
  const distinct = new Set(stems);
  return {
    stems,
    matches: question.terms.map((term) => matchTerm(term, distinct)),
    contentCount: tokens.filter((token) => topicWeight(token.word) > 0).length,
  };
}

/** What each term counts, summing to 1: its topic times its rarity among the units (as in BM25). */
export function weighTerms(question: Question, units: readonly MatchedText[]): number[] {
  const count = units.length + backgroundUnits;
  const weights = question.terms.map((term, index) => {
    const met = units.reduce((sum, unit) => sum + ((unit.matches[index] ?? 0) >= 1 ? 1 : 0), 0);
    return term.weight * Math.log(1 + (count - met + 0.5) / (met + 0.5));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return weights.map((weight) => weight / total);
}

/** The share of the question that the matches make up. */
export function weighMatches(matches: readonly number[], weights: readonly number[]): number {
  return matches.reduce((sum, match, index) => sum + match * (weights[index] ?? 0), 0);
}

/** Term by term the better of two. */
export function mergeMatches(left: readonly number[], right: readonly number[] | undefined): number[] {
  return left.map((value, index) => Math.max(value, right?.[index] ?? 0));
}

const orderWindow = 4;

/** Share of the question's neighbouring word pairs that stand close together in a text. */
export function matchOrder(question: Question, stems: readonly string[]): number {
  if (question.pairs.length === 0) return 0;
  const met = question.pairs.filter(([first, second]) => {
    const at = stems.indexOf(first);
    if (at < 0) return false;
    const other = stems.indexOf(second, Math.max(0, at - orderWindow + 1));
    return other >= 0 && Math.abs(other - at) <= orderWindow;
  }).length;
  return met / question.pairs.length;
}
