import type { PromptSource } from "../../../../shared/prompt-contract.ts";
import { relatedStems } from "../text/related-words.ts";
import { splitUnits, type TextUnit } from "../text/split-units.ts";
import { tokenise } from "../text/tokenise.ts";
import { holdsType } from "./answer-type.ts";
import type { Question, QuestionTerm } from "./read-question.ts";

/** A unit of one source with all that selection needs to know about it. */
export interface Candidate {
  readonly unit: TextUnit;
  readonly source: PromptSource;
  /** Position of the source among the sources, from 0: the retriever's opinion. */
  readonly rank: number;
  /** Position among the units of its source. */
  readonly position: number;
  readonly stems: readonly string[];
  readonly features: UnitFeatures;
  /** Log-odds-like: differences between candidates of one question are what counts. */
  readonly score: number;
  /** Question terms met in the unit, 0-1 each. */
  readonly matches: readonly number[];
}

/** All between 0 and 1. "Share" means share of the question's weight, rare words weighing more. */
export interface UnitFeatures {
  /** Share of the question met by the unit's own words. */
  readonly coverage: number;
  /** Share of its names and numbers met (all of it when it has none). */
  readonly specific: number;
  /** What the neighbouring units of the same source add. */
  readonly neighbours: number;
  /** What headings and title add. */
  readonly heading: number;
  /** What the rest of the source adds. */
  readonly passage: number;
  /** Neighbouring question words that also stand close together here. */
  readonly order: number;
  /** The expected kind of value (date, name, reason...) is there. */
  readonly typeHeld: number;
  /** One is expected and missing. */
  readonly typeMissed: number;
  readonly rank: number;
  /** Too short to state anything. */
  readonly brevity: number;
  /** Matched weight for its length. */
  readonly density: number;
  readonly question: number;
}

/** Fitted on the first half of XQuAD as a conditional logit, then rounded; see docs/decisions/005. */
export const featureWeights: Readonly<Record<keyof UnitFeatures, number>> = {
  coverage: 5,
  specific: 1.2,
  neighbours: 0.5,
  heading: 0.3,
  passage: 0,
  order: 1.1,
  typeHeld: 0.9,
  typeMissed: -1.1,
  rank: 2,
  brevity: -1,
  density: 1,
  question: -2,
};

interface PreparedUnit {
  readonly unit: TextUnit;
  readonly stems: readonly string[];
  readonly matches: readonly number[];
}

const relatedMatch = 0.5;
const prefixMatch = 0.6;
const prefixMinLength = 5;

function sharedPrefixLength(left: string, right: string): number {
  const limit = Math.min(left.length, right.length);
  let length = 0;
  while (length < limit && left[length] === right[length]) length++;
  return length;
}

/** How well a set of stems meets one term: itself 1, a near form or a related word about half. */
function matchTerm(term: QuestionTerm, stems: ReadonlySet<string>): number {
  if (stems.has(term.stem)) return 1;
  if (/\d/.test(term.stem)) return 0;
  let best = 0;
  const related = relatedStems(term.stem);
  for (const stem of stems) {
    if (!term.isSpecific && related.has(stem)) best = Math.max(best, relatedMatch);
    if (term.stem.length < prefixMinLength || stem.length < prefixMinLength) continue;
    const shared = sharedPrefixLength(term.stem, stem);
    if (shared >= prefixMinLength && shared >= 0.65 * Math.max(term.stem.length, stem.length)) {
      best = Math.max(best, prefixMatch);
    }
  }
  return best;
}

function weighTerms(question: Question, units: readonly PreparedUnit[]): number[] {
  const count = units.length;
  const weights = question.terms.map((term, index) => {
    const met = units.reduce((sum, unit) => sum + ((unit.matches[index] ?? 0) >= 1 ? 1 : 0), 0);
    return term.weight * Math.log(1 + (count - met + 0.5) / (met + 0.5));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return weights.map((weight) => weight / total);
}

function weighted(matches: readonly number[], weights: readonly number[]): number {
  return matches.reduce((sum, match, index) => sum + match * (weights[index] ?? 0), 0);
}

function best(left: readonly number[], right: readonly number[] | undefined): number[] {
  return left.map((value, index) => Math.max(value, right?.[index] ?? 0));
}

function orderShare(question: Question, stems: readonly string[]): number {
  if (question.pairs.length === 0) return 0;
  const met = question.pairs.filter(([first, second]) => {
    const at = stems.indexOf(first);
    if (at < 0) return false;
    const other = stems.indexOf(second, Math.max(0, at - 3));
    return other >= 0 && Math.abs(other - at) <= 4;
  }).length;
  return met / question.pairs.length;
}

function prepare(question: Question, text: string): { stems: string[]; matches: number[] } {
  const stems = tokenise(text).map((token) => token.stem);
  const set = new Set(stems);
  return { stems, matches: question.terms.map((term) => matchTerm(term, set)) };
}

interface SourceContext {
  readonly source: PromptSource;
  readonly rank: number;
  readonly units: readonly PreparedUnit[];
  readonly passageMatches: readonly number[];
}

function measureUnit(
  question: Question,
  weights: readonly number[],
  context: SourceContext,
  at: number,
): UnitFeatures {
  const current = context.units[at];
  if (current === undefined) throw new RangeError("no such unit");
  const { unit, stems, matches } = current;
  const coverage = weighted(matches, weights);
  const near = best(best(matches, context.units[at - 1]?.matches), context.units[at + 1]?.matches);
  const headed = best(near, prepare(question, [context.source.title, ...unit.headings].join(" ")).matches);
  const nearCoverage = weighted(near, weights);
  const headedCoverage = weighted(headed, weights);
  const passageCoverage = weighted(best(headed, context.passageMatches), weights);
  const specificWeights = weights.map((weight, index) =>
    question.terms[index]?.isSpecific === true ? weight : 0,
  );
  const specificTotal = specificWeights.reduce((sum, weight) => sum + weight, 0);
  const held = question.types.filter((type) => holdsType(unit.text, type, question.words)).length;
  const expected = question.types.length;
  return {
    coverage,
    specific: specificTotal === 0 ? coverage : weighted(headed, specificWeights) / specificTotal,
    neighbours: nearCoverage - coverage,
    heading: headedCoverage - nearCoverage,
    passage: passageCoverage - headedCoverage,
    order: orderShare(question, stems),
    typeHeld: expected === 0 ? 0 : held / expected,
    typeMissed: expected > 0 && held === 0 ? 1 : 0,
    rank: 1 / (1 + context.rank),
    brevity: stems.length < 5 && unit.kind !== "field" ? 1 - stems.length / 5 : 0,
    density: coverage / Math.sqrt(Math.max(4, stems.length) / 4),
    question: /[?？؟]\s*$/.test(unit.text) ? 1 : 0,
  };
}

/** The score of a unit: its features under {@link featureWeights}. */
export function scoreFeatures(features: UnitFeatures): number {
  let score = 0;
  for (const [name, weight] of Object.entries(featureWeights)) {
    score += weight * features[name as keyof UnitFeatures];
  }
  return score;
}

/** Cuts the sources into units and scores each against the question; in order of the sources and of their text. */
export function scoreUnits(question: Question, sources: readonly PromptSource[]): Candidate[] {
  const prepared = sources.map((source) =>
    splitUnits(source.text).map((unit) => ({ unit, ...prepare(question, unit.text) })),
  );
  const weights = weighTerms(question, prepared.flat());
  return sources.flatMap((source, rank) => {
    const units = prepared[rank] ?? [];
    const passageMatches = units.reduce<number[]>((sum, unit) => best(unit.matches, sum), []);
    const context = { source, rank, units, passageMatches };
    return units.map(({ unit, stems, matches }, position) => {
      const features = measureUnit(question, weights, context, position);
      return { unit, source, rank, position, stems, features, matches, score: scoreFeatures(features) };
    });
  });
}
