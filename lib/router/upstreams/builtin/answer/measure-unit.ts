import type { PromptSource } from "../../../../shared/prompt-contract.ts";
import type { TextUnit } from "../text/split-units.ts";
import { type AnswerType, holdsType } from "./answer-type.ts";
import { matchLabel } from "./match-label.ts";
import { type MatchedText, matchOrder, matchText, mergeMatches, weighMatches } from "./match-terms.ts";
import { measureDebris } from "./measure-debris.ts";
import type { Question } from "./read-question.ts";

/** All between 0 and 1. "Share" means share of the question's weight, rare words weighing more. */
export interface UnitFeatures {
  /** Share of the question met by the unit's own words. */
  readonly coverage: number;
  /** Share of its names and numbers met here or around (coverage again when it has none). */
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
  /** The retriever's opinion of the source: 1 for the first, 1/2, 1/3... */
  readonly rank: number;
  /** Too short to state anything. */
  readonly brevity: number;
  /** Coverage for its length. */
  readonly density: number;
  /** It is a question itself. */
  readonly question: number;
  /** Navigation, code or table remains rather than language. */
  readonly debris: number;
  /** A form field whose label names what is asked for, times what the source as a whole holds of the question. */
  readonly label: number;
  /** A form field whose label does not: its value merely repeats the question, or is of the wrong kind. */
  readonly labelMissed: number;
}

/** A unit with its matches. */
export interface PreparedUnit extends MatchedText {
  readonly unit: TextUnit;
}

/** One source, cut and matched. */
export interface PreparedSource {
  readonly source: PromptSource;
  /** Position among the sources, from 0. */
  readonly rank: number;
  readonly units: readonly PreparedUnit[];
  /** The best match of each term anywhere in the source. */
  readonly passageMatches: readonly number[];
}

const valueTypes: ReadonlySet<AnswerType> = new Set(["date", "number"]);
const heldByHeading = 0.6;
const shortUnitWords = 5;
const minLabelShare = 0.5;

/**
 * The heading that carries the value a question wants when the unit below it does not, as in a dated change list.
 * Only dates and numbers: every heading has capitals, so none tells a name.
 */
export function findHeadingWithValue(question: Question, unit: TextUnit): string | undefined {
  const heading = unit.headings.at(-1);
  if (heading === undefined) return undefined;
  const missing = question.types.filter(
    (type) => valueTypes.has(type) && !holdsType(unit.text, type, question.words),
  );
  return missing.some((type) => holdsType(heading, type, question.words)) ? heading : undefined;
}

function heldShare(question: Question, unit: TextUnit, type: AnswerType): number {
  if (holdsType(unit.text, type, question.words)) return 1;
  return valueTypes.has(type) && findHeadingWithValue(question, unit) !== undefined ? heldByHeading : 0;
}

function measureSpecific(
  question: Question,
  matches: readonly number[],
  weights: readonly number[],
): number | undefined {
  const specific = weights.map((weight, index) => (question.terms[index]?.isSpecific === true ? weight : 0));
  const total = specific.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? undefined : weighMatches(matches, specific) / total;
}

/** Measures the unit at position `at` of a source against the question. */
export function measureUnit(
  question: Question,
  weights: readonly number[],
  source: PreparedSource,
  at: number,
): UnitFeatures {
  const current = source.units[at];
  if (current === undefined) throw new RangeError(`There is no unit ${at}.`);
  const { unit, stems, matches } = current;
  const near = mergeMatches(
    mergeMatches(matches, source.units[at - 1]?.matches),
    source.units[at + 1]?.matches,
  );
  const above = matchText(question, [source.source.title, ...unit.headings].join(" "));
  const headed = mergeMatches(near, above.matches);
  const coverage = weighMatches(matches, weights);
  const nearCoverage = weighMatches(near, weights);
  const headedCoverage = weighMatches(headed, weights);
  const passageCoverage = weighMatches(mergeMatches(headed, source.passageMatches), weights);
  const expected = question.types.length;
  const held = question.types.reduce((sum, type) => sum + heldShare(question, unit, type), 0);
  const isField = unit.kind === "field";
  const label = isField ? matchLabel(question, unit.text) : 0;
  const isAnsweringField = label >= minLabelShare && (expected === 0 || held > 0);
  return {
    coverage,
    specific: measureSpecific(question, headed, weights) ?? coverage,
    neighbours: nearCoverage - coverage,
    heading: headedCoverage - nearCoverage,
    passage: passageCoverage - headedCoverage,
    order: matchOrder(question, stems),
    typeHeld: expected === 0 ? 0 : held / expected,
    typeMissed: expected > 0 && held === 0 ? 1 : 0,
    rank: 1 / (1 + source.rank),
    brevity: stems.length < shortUnitWords && !isField ? 1 - stems.length / shortUnitWords : 0,
    density: coverage / Math.sqrt(Math.max(4, stems.length) / 4),
    question: /[?？؟]\s*$/.test(unit.text) ? 1 : 0,
    debris: measureDebris(unit.text),
    label: isAnsweringField ? label * passageCoverage : 0,
    labelMissed: isField && !isAnsweringField ? 1 : 0,
  };
}
