import type { Places, TermList } from "../keywords/term-list.ts";
import { estimateRarity, type ScoredPassage } from "./estimate-rarity.ts";
import type { QuestionTerms } from "./question-terms.ts";

/** A candidate with the words it is judged by. */
export interface JudgedPassage {
  readonly id: string;
  /** What the keyword index holds for it. */
  readonly terms: TermList;
  /** Terms of its document's title. */
  readonly titleTerms: readonly string[];
  /** BM25; null when the keyword leg did not find it. */
  readonly keyword: number | null;
  /** Cosine similarity; null when the semantic leg did not find it. */
  readonly semantic: number | null;
}

/** What is seen of one passage; every value is 0 to 1. */
export interface PassageMeasures {
  /** BM25, min-max normalised over the passages. */
  readonly keyword: number;
  /** Cosine, min-max normalised over the passages. */
  readonly semantic: number;
  /** Share of the question's terms, by rarity, that stand in it. */
  readonly coverage: number;
  /** Neighbours in the question that are neighbours in it. */
  readonly pairs: number;
  /** How near neighbours in the question come to each other in it. */
  readonly nearness: number;
  /** Share of the question that stands within some 25 words. */
  readonly window: number;
  /** Share of the question that stands in the title. */
  readonly titleCoverage: number;
  /** Share of the title that stands in the question. */
  readonly titleShare: number;
  /** 1 when the question names the whole title. */
  readonly isNamed: number;
}

const WINDOW_TERMS = 25;
const NEAR_TERMS = 12;
/** More terms than any question has. */
const EVENT_TERMS = 65_536;
/** What a function word of a title weighs beside its other words. */
const COMMON_TITLE_WORD = 0.2;

function scaler(values: readonly (number | null)[]): (value: number | null) => number {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return (value) => (value === null ? 0 : span === 0 ? 1 : (value - low) / span);
}

interface NeighbourPair {
  readonly first: string;
  readonly second: string;
  readonly weight: number;
}

function neighbourPairs(sequence: readonly string[], rarity: ReadonlyMap<string, number>): NeighbourPair[] {
  const pairs: NeighbourPair[] = [];
  for (let index = 0; index + 1 < sequence.length; index += 1) {
    const [first = "", second = ""] = sequence.slice(index, index + 2);
    if (first === second) continue;
    pairs.push({ first, second, weight: Math.min(rarity.get(first) ?? 0, rarity.get(second) ?? 0) });
  }
  return pairs;
}

/** How often the second follows the first directly or with one term between, and how near they come at all. */
function measurePair(
  first: readonly number[],
  second: readonly number[],
): { follows: number; nearest: number } {
  let follows = 0;
  let nearest = Number.POSITIVE_INFINITY;
  let from = 0;
  for (const place of first) {
    while (from + 1 < second.length && (second[from + 1] ?? 0) <= place) from += 1;
    for (let index = from; index < second.length && index <= from + 2; index += 1) {
      const distance = (second[index] ?? 0) - place;
      if (distance === 1 || distance === 2) follows += 1;
      if (distance !== 0) nearest = Math.min(nearest, Math.abs(distance));
    }
  }
  return { follows, nearest };
}

function measurePairs(pairs: readonly NeighbourPair[], places: Places): { pairs: number; nearness: number } {
  let total = 0;
  let together = 0;
  let near = 0;
  for (const { first, second, weight } of pairs) {
    total += weight;
    const [left, right] = [places.get(first), places.get(second)];
    if (left === undefined || right === undefined) continue;
    const { follows, nearest } = measurePair(left, right);
    together += weight * (follows / (follows + 0.7));
    if (nearest <= NEAR_TERMS) near += weight * (1 - (nearest - 1) / NEAR_TERMS);
  }
  return total === 0 ? { pairs: 0, nearness: 0 } : { pairs: together / total, nearness: near / total };
}

/** Places with the number of the term that stands there, of one passage after the other. */
let events = new Float64Array(1_024);
/** How often each term stands in the window. */
let inside = new Uint32Array(64);

/** Writes the places of a passage in their order, each with the number of its term in the lower bits. */
function writeEvents(places: Places): Float64Array {
  let count = 0;
  let number = 0;
  for (const at of places.values()) {
    if (count + at.length > events.length) {
      const wider = new Float64Array(2 * (count + at.length));
      wider.set(events);
      events = wider;
    }
    for (const place of at) {
      events[count] = place * EVENT_TERMS + number;
      count += 1;
    }
    number += 1;
  }
  return events.subarray(0, count).sort();
}

/** The largest rarity that {@link WINDOW_TERMS} neighbouring terms hold together. */
function bestWindow(places: Places, rarity: ReadonlyMap<string, number>): number {
  const weights = Array.from(places.keys(), (term) => rarity.get(term) ?? 0);
  const ordered = writeEvents(places);
  if (inside.length < weights.length) inside = new Uint32Array(2 * weights.length);
  inside.fill(0, 0, weights.length);
  let sum = 0;
  let best = 0;
  let oldest = 0;
  for (const event of ordered) {
    const term = event % EVENT_TERMS;
    const place = (event - term) / EVENT_TERMS;
    if (inside[term] === 0) sum += weights[term] ?? 0;
    inside[term] = (inside[term] ?? 0) + 1;
    for (; oldest < ordered.length; oldest += 1) {
      const gone = ordered[oldest] ?? 0;
      const goneTerm = gone % EVENT_TERMS;
      if ((gone - goneTerm) / EVENT_TERMS >= place - WINDOW_TERMS) break;
      inside[goneTerm] = (inside[goneTerm] ?? 1) - 1;
      if (inside[goneTerm] === 0) sum -= weights[goneTerm] ?? 0;
    }
    best = Math.max(best, sum);
  }
  return best;
}

function measureTitle(
  titleTerms: readonly string[],
  question: QuestionTerms,
  rarity: ReadonlyMap<string, number>,
  total: number,
): { titleCoverage: number; titleShare: number; isNamed: number } {
  const usual = total / rarity.size;
  let covered = 0;
  let shared = 0;
  let whole = 0;
  for (const term of new Set(titleTerms)) {
    const known = rarity.get(term);
    const isAsked = question.all.has(term);
    // A word of the question that was not searched for is a function word.
    const weight = known ?? (isAsked ? COMMON_TITLE_WORD * usual : usual);
    covered += known ?? 0;
    whole += weight;
    if (isAsked) shared += weight;
  }
  const titleShare = whole === 0 ? 0 : shared / whole;
  return { titleCoverage: covered / total, titleShare, isNamed: titleShare > 0.99 ? 1 : 0 };
}

/** Measures each passage against the question, in the order given. */
export function measurePassages(
  question: QuestionTerms,
  passages: readonly JudgedPassage[],
): PassageMeasures[] {
  const placesOf = passages.map(({ terms }) => terms.placesOf(question.terms));
  const met = question.terms.filter((term) => placesOf.some((places) => places.has(term)));
  const scored: ScoredPassage[] = [];
  for (const [index, { keyword, terms }] of passages.entries()) {
    const places = placesOf[index];
    if (keyword !== null && places !== undefined)
      scored.push({ score: keyword, length: terms.length, places });
  }
  const rarity = estimateRarity(met, scored);
  const total = [...rarity.values()].reduce((sum, value) => sum + value, 0) || 1;
  const pairs = neighbourPairs(
    question.sequence.filter((term) => rarity.has(term)),
    rarity,
  );
  const scaleKeyword = scaler(passages.map(({ keyword }) => keyword));
  const scaleSemantic = scaler(passages.map(({ semantic }) => semantic));
  return passages.map(({ keyword, semantic, titleTerms }, index) => {
    const places = placesOf[index] ?? new Map();
    const covered = [...places.keys()].reduce((sum, term) => sum + (rarity.get(term) ?? 0), 0);
    return {
      keyword: scaleKeyword(keyword),
      semantic: scaleSemantic(semantic),
      coverage: covered / total,
      ...measurePairs(pairs, places),
      window: bestWindow(places, rarity) / total,
      ...measureTitle(titleTerms, question, rarity, total),
    };
  });
}
