import type { PromptSource } from "../../../../shared/prompt-contract.ts";
import type { TextUnit } from "../text/split-units.ts";
import { type AnswerType, holdsType, measureDate, measureName } from "./answer-type.ts";
import { matchLabel } from "./match-label.ts";
import { type MatchedText, matchOrder, mergeMatches, weighMatches } from "./match-terms.ts";
import { measureDebris } from "./measure-debris.ts";
import { isCrossReference, measureInstruction } from "./measure-instruction.ts";
import { measureNumber } from "./measure-number.ts";
import type { Question } from "./read-question.ts";

/** All between 0 and 1. "Share" means share of the question's weight, rare words weighing more. */
export interface UnitFeatures {
  /** Share of the question met by the unit's own words. */
  readonly coverage: number;
  /** Share of its names and numbers met here or around (coverage again when it has none). */
  readonly specific: number;
  /** What the neighbouring units of the same source add. */
  readonly neighbours: number;
  /** The word after the question word ("who wrote...") is met. */
  readonly focus: number;
  /** What the nearest heading adds, most for the first units under it. */
  readonly section: number;
  /** How nearly the nearest heading is the question, likewise. */
  readonly topic: number;
  /** What the other headings and the title add. */
  readonly heading: number;
  /** What the rest of the source adds. */
  readonly passage: number;
  /** Neighbouring question words that also stand close together here. */
  readonly order: number;
  /** The expected kind of value (date, name, reason...) is there. */
  readonly typeHeld: number;
  /** One is expected and missing. */
  readonly typeMissed: number;
  /** Only a date, a figure or a person could answer, and there is none. */
  readonly valueMissed: number;
  /** Steps are asked for, and it gives one. */
  readonly instruction: number;
  /** The same, times what the step and its surroundings meet of the question. */
  readonly directed: number;
  /** It only says where something is explained, and that was not the question. */
  readonly reference: number;
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
  /** What the nearest heading meets. */
  readonly section: MatchedText;
  /** What title and all headings meet. */
  readonly above: MatchedText;
  /** What the line that announces its list meets. */
  readonly leadIn: readonly number[] | undefined;
  /** How many units stand between it and its heading. */
  readonly depth: number;
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

const heldByHeading = 0.6;
const shortUnitWords = 5;
const sectionDecay = 0.25;
const minLabelShare = 0.5;

/** The heading that carries the date a question wants when the unit below it does not, as in a dated change list. */
export function findHeadingWithDate(question: Question, unit: TextUnit): string | undefined {
  const heading = unit.headings.at(-1);
  if (heading === undefined || !question.types.includes("date")) return undefined;
  if (holdsType(unit.text, "date", question.words)) return undefined;
  return holdsType(heading, "date", question.words) ? heading : undefined;
}

function measureHeld(question: Question, unit: TextUnit, type: AnswerType): number {
  if (type === "person") return measureName(unit.text, question.words);
  if (type === "number") return measureNumber(unit.text, question.words);
  const dated = type === "date" ? measureDate(unit.text, question.words) : 0;
  if (dated > 0) return dated;
  if (holdsType(unit.text, type, question.words)) return 1;
  return type === "date" && findHeadingWithDate(question, unit) !== undefined ? heldByHeading : 0;
}

const valueTypes: readonly AnswerType[] = ["date", "number", "person"];

function missesValue(question: Question, unit: TextUnit): boolean {
  if (!question.wantsValue) return false;
  const types = question.types.filter((type) => valueTypes.includes(type));
  return types.length > 0 && types.every((type) => measureHeld(question, unit, type) === 0);
}

const numberedStep = 0.8;

function measureStep(unit: TextUnit): number {
  return Math.max(measureInstruction(unit.text), /^\(?\d/.test(unit.number) ? numberedStep : 0);
}

const placeOfReading =
  /\b(?:where|which|what)\b.*\b(?:chapter|section|guide|page|documentation|read|learn)\b/i;

function isMereReference(question: Question, unit: TextUnit): boolean {
  return isCrossReference(unit.text) && !placeOfReading.test(question.text);
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

/** F1 of a heading's content words against the question's: 1 when they are the same words. */
function matchTopic(question: Question, section: MatchedText): number {
  const headingWords = section.contentCount;
  const met = section.matches.reduce((sum, match) => sum + (match >= 1 ? 1 : 0), 0);
  const total = headingWords + question.terms.length;
  return total === 0 ? 0 : Math.min(1, (2 * met) / total);
}

function neighbourMatches(source: PreparedSource, at: number): readonly number[] | undefined {
  const neighbour = source.units[at];
  return neighbour === undefined || neighbour.unit.kind === "heading" ? undefined : neighbour.matches;
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
  const around = mergeMatches(matches, neighbourMatches(source, at - 1));
  const near = mergeMatches(mergeMatches(around, neighbourMatches(source, at + 1)), current.leadIn);
  const section = mergeMatches(near, current.section.matches);
  const headed = mergeMatches(section, current.above.matches);
  const closeness = 1 / (1 + sectionDecay * current.depth);
  const coverage = weighMatches(matches, weights);
  const nearCoverage = weighMatches(near, weights);
  const sectionCoverage = weighMatches(section, weights);
  const headedCoverage = weighMatches(headed, weights);
  const passageCoverage = weighMatches(mergeMatches(headed, source.passageMatches), weights);
  const expected = question.types.length;
  const held = question.types.reduce((sum, type) => sum + measureHeld(question, unit, type), 0);
  const instruction = question.wantsSteps ? measureStep(unit) : 0;
  const isField = unit.kind === "field";
  const label = isField ? matchLabel(question, unit.text) : 0;
  const isAnsweringField = label >= minLabelShare && (expected === 0 || held > 0);
  return {
    coverage,
    specific: measureSpecific(question, headed, weights) ?? coverage,
    neighbours: nearCoverage - coverage,
    focus: matches[question.focus] ?? 0,
    section: (sectionCoverage - nearCoverage) * closeness,
    topic: matchTopic(question, current.section) ** 2 * closeness,
    heading: headedCoverage - sectionCoverage,
    passage: passageCoverage - headedCoverage,
    order: matchOrder(question, stems),
    typeHeld: expected === 0 ? 0 : held / expected,
    typeMissed: expected > 0 && held === 0 ? 1 : 0,
    valueMissed: missesValue(question, unit) ? 1 : 0,
    instruction,
    directed: instruction * sectionCoverage,
    reference: isMereReference(question, unit) ? 1 : 0,
    rank: 1 / (1 + source.rank),
    brevity: stems.length < shortUnitWords && !isField ? 1 - stems.length / shortUnitWords : 0,
    density: coverage / Math.sqrt(Math.max(4, stems.length) / 4),
    question: /[?？؟]\s*$/.test(unit.text) ? 1 : 0,
    debris: measureDebris(unit.text),
    label: isAnsweringField ? label * passageCoverage : 0,
    labelMissed: isField && !isAnsweringField ? 1 : 0,
  };
}
