import { findHeadingWithDate } from "./measure-unit.ts";
import type { Question } from "./read-question.ts";
import type { Candidate } from "./score-units.ts";

const maxChosenOne = 3;
const maxChosenMany = 4;
const maxUnits = 10;
const maxUnitLength = 700;
/** Enough when the chosen units together are this likely to hold the answer. */
const enoughOne = 0.75;
const enoughMany = 0.85;
/** A further unit must come this close to the best one. */
const marginOne = 2.2;
const marginMany = 2.4;
/** And hold this share of what the best one holds of the question. */
const coverageShareMin = 0.4;
const ownSectionTopic = 0.6;
const minListTopic = 0.1;
const sameWordsShare = 0.65;

/** Code, headings, questions, fields about something else and debris may support an answer; they are none. */
function canAnswer(candidate: Candidate): boolean {
  const { unit } = candidate;
  if (unit.kind === "heading" || unit.kind === "code" || candidate.features.question === 1) return false;
  if (unit.isHeader) return false;
  if (candidate.features.debris === 1 || candidate.features.labelMissed === 1) return false;
  if (unit.text.length > maxUnitLength || candidate.stems.length < 2) return false;
  const letters = unit.text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters >= 3 && letters / unit.text.length > 0.5;
}

function overlaps(left: Candidate, right: Candidate): boolean {
  const words = new Set(left.stems);
  const others = new Set(right.stems);
  let shared = 0;
  for (const word of words) if (others.has(word)) shared++;
  return shared / Math.min(words.size, others.size) >= sameWordsShare && shared >= 3;
}

function isSame(left: Candidate, right: Candidate): boolean {
  return left.rank === right.rank && left.position === right.position;
}

/** A unit of the kind asked for may be this much less likely than one that is not, and still be preferred to it. */
const kindMargin = 3;
/** When it and its neighbours meet this share of what the likelier one meets. */
const kindCoverageShare = 0.9;

function isOfKind(question: Question, candidate: Candidate): boolean {
  const { features } = candidate;
  if (question.wantsValue) return features.valueMissed === 0;
  return !question.wantsSteps || (features.instruction > 0 && features.reference === 0);
}

function meets({ features }: Candidate): number {
  return features.coverage + features.neighbours + features.section;
}

/**
 * Candidates that can stand in an answer, best first. Where a value or a step is asked for and the likeliest candidate
 * gives none, the next that does goes before it, if it is as much about the matter.
 */
export function rankCandidates(question: Question, candidates: readonly Candidate[]): Candidate[] {
  const ranked = candidates.filter(canAnswer).sort((left, right) => right.score - left.score);
  const [likeliest] = ranked;
  if (likeliest === undefined || isOfKind(question, likeliest)) return ranked;
  const better = ranked.find(
    (candidate) =>
      isOfKind(question, candidate) &&
      (question.wantsValue || (candidate.features.instruction === 1 && candidate.features.coverage > 0)) &&
      candidate.score >= likeliest.score - kindMargin &&
      meets(candidate) >= kindCoverageShare * meets(likeliest),
  );
  return better === undefined ? ranked : [better, ...ranked.filter((candidate) => candidate !== better)];
}

/** How likely each candidate is the one that answers, by softmax over the scores. */
function likelihoods(ranked: readonly Candidate[]): number[] {
  const top = Math.max(...ranked.map((candidate) => candidate.score));
  const exponentials = ranked.map((candidate) => Math.exp(candidate.score - top));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

const clearInstruction = 0.7;

/** Beside a unit that gives the value or the instruction asked for, one that gives none adds nothing. */
function isOfLesserKind(question: Question, candidate: Candidate, best: Candidate): boolean {
  if (candidate.features.reference > best.features.reference) return true;
  if (question.wantsValue && candidate.features.valueMissed > best.features.valueMissed) return true;
  return best.features.instruction === 1 && candidate.features.instruction < clearInstruction;
}

/**
 * Takes units from the top until they are together likely enough to hold the answer, leaving out those that repeat a
 * chosen one. A clear winner stands alone.
 */
export function chooseUnits(question: Question, ranked: readonly Candidate[]): Candidate[] {
  const chances = likelihoods(ranked);
  const limit = question.wantsMany ? maxChosenMany : maxChosenOne;
  const enough = question.wantsMany ? enoughMany : enoughOne;
  const margin = question.wantsMany ? marginMany : marginOne;
  const topScore = ranked[0]?.score ?? 0;
  const chosen: Candidate[] = [];
  let chance = 0;
  for (const [index, candidate] of ranked.entries()) {
    if (chosen.length >= limit || chance >= enough || candidate.score < topScore - margin) break;
    chance += chances[index] ?? 0;
    // A section that is headed with the question answers it alone.
    if ((ranked[0]?.features.topic ?? 0) >= ownSectionTopic && candidate.features.topic === 0) continue;
    if (candidate.features.coverage < coverageShareMin * (ranked[0]?.features.coverage ?? 0)) continue;
    if (ranked[0] !== undefined && isOfLesserKind(question, candidate, ranked[0])) continue;
    if (!chosen.some((other) => overlaps(other, candidate))) chosen.push(candidate);
  }
  return chosen;
}

const danglingPattern =
  /^(?:he|she|it|they|this|these|those|that|its|his|her|their|such|both|the (?:former|latter|same)|however|but|also|therefore|thus|then|otherwise|instead|in addition|additionally|moreover|furthermore|as a result|for this reason|er|sie|es|diese[rs]?|il|elle|ils|elles|él|ella|он|она|они|это)\b/iu;

/** The units that a chosen one cannot be understood without: what a pronoun points back to, the list after a colon. */
function companions(
  question: Question,
  candidate: Candidate,
  all: readonly Candidate[],
  isBest: boolean,
): Candidate[] {
  const found: Candidate[] = [];
  const siblings = all.filter((other) => other.rank === candidate.rank);
  const at = siblings.findIndex((other) => isSame(other, candidate));
  const before = siblings[at - 1];
  const isDangling = candidate.unit.kind === "sentence" && danglingPattern.test(candidate.unit.text);
  if (isDangling && before?.unit.kind === "sentence" && before.unit.block === candidate.unit.block)
    found.push(before);
  if (question.wantsSteps && isBest) found.push(...instructionsAfter(siblings, at));
  const heading = findHeadingWithDate(question, candidate.unit);
  if (heading !== undefined) {
    const above = siblings
      .slice(0, at)
      .findLast((other) => other.unit.kind === "heading" && other.unit.text === heading);
    if (above !== undefined) found.push(above);
  }
  if (candidate.unit.kind === "row") {
    const header = siblings.find((other) => other.unit.block === candidate.unit.block);
    const isHeader =
      header !== undefined && header !== candidate && countCells(header) === countCells(candidate);
    if (isHeader) found.push(header);
  }
  if (candidate.unit.text.endsWith(":")) found.push(...listFrom(siblings, at + 1));
  // The rest of a list belongs to the answer when the list is what was asked for, not just one line of it.
  const isWantedList =
    question.types.includes("manner") || (isBest && candidate.features.topic > minListTopic);
  if (candidate.unit.kind === "item" && question.wantsMany && isWantedList)
    found.push(...listAround(siblings, at));
  return found;
}

const maxFurtherInstructions = 2;

/** What the paragraph goes on to tell the reader to do. */
function instructionsAfter(siblings: readonly Candidate[], at: number): Candidate[] {
  const block = siblings[at]?.unit.block;
  return siblings
    .slice(at + 1)
    .filter((other) => other.unit.block === block && other.unit.kind === "sentence")
    .filter((other) => other.features.instruction === 1 && other.features.reference === 0)
    .slice(0, maxFurtherInstructions);
}

function countCells(candidate: Candidate): number {
  return candidate.unit.text.split("|").length;
}

function listFrom(siblings: readonly Candidate[], from: number): Candidate[] {
  const items: Candidate[] = [];
  for (const candidate of siblings.slice(from)) {
    if (candidate.unit.kind !== "item") {
      const explains = items.at(-1)?.unit.block === candidate.unit.block;
      if (explains) continue;
      break;
    }
    items.push(candidate);
  }
  // What follows a colon without being a list is the one thing the colon announces.
  const [next] = siblings.slice(from);
  if (items.length === 0 && next !== undefined && next.unit.kind !== "heading" && next.unit.kind !== "code")
    return [next];
  return items;
}

function listAround(siblings: readonly Candidate[], at: number): Candidate[] {
  let first = at;
  while (first > 0 && (siblings[first - 1]?.unit.kind === "item" || isInside(siblings, first - 1))) first--;
  const intro = siblings[first - 1];
  const items = listFrom(siblings, first);
  return intro?.unit.text.endsWith(":") && intro.unit.kind !== "heading" ? [intro, ...items] : items;
}

/** A sentence that explains the list item it stands in. */
function isInside(siblings: readonly Candidate[], at: number): boolean {
  const unit = siblings[at]?.unit;
  return siblings[at - 1]?.unit.kind === "item" && siblings[at - 1]?.unit.block === unit?.block;
}

/**
 * The chosen units with what they need beside them, in reading order: sources by their best unit, units of one source
 * as they stand in it.
 */
export function arrangeUnits(
  question: Question,
  chosen: readonly Candidate[],
  all: readonly Candidate[],
): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of chosen) {
    for (const unit of [candidate, ...companions(question, candidate, all, candidate === chosen[0])]) {
      if (kept.length >= maxUnits || kept.some((other) => isSame(other, unit))) continue;
      if (unit !== candidate && kept.some((other) => other.unit.text === unit.unit.text)) continue;
      kept.push(unit);
    }
  }
  const order = [...new Set(chosen.map((candidate) => candidate.rank))];
  return kept.sort(
    (left, right) => order.indexOf(left.rank) - order.indexOf(right.rank) || left.position - right.position,
  );
}

/** For a question about the sources as a whole: the first full sentence of each of the first few. */
export function chooseOverview(all: readonly Candidate[]): Candidate[] {
  const leads = new Map<number, Candidate>();
  for (const candidate of all) {
    const isFull = candidate.unit.kind === "sentence" && candidate.stems.length >= 7 && canAnswer(candidate);
    if (isFull && !leads.has(candidate.rank)) leads.set(candidate.rank, candidate);
  }
  const chosen: Candidate[] = [];
  for (const candidate of leads.values()) {
    if (chosen.length < maxChosenMany && !chosen.some((other) => overlaps(other, candidate)))
      chosen.push(candidate);
  }
  return chosen;
}
