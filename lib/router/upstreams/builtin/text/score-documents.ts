import { topicWeight } from "../../../../shared/text/common-words.ts";
import { relatedStems } from "../../../../shared/text/related-words.ts";
import { tokenise } from "../../../../shared/text/tokenise.ts";

/** Okapi BM25's usual constants: how soon repetition stops to count, and how much length is held against a text. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;

/** Imagined documents without any word of the query: keep the rarity of a word steady when few are given. */
const BACKGROUND_DOCUMENTS = 20;

/** How much a related word counts beside the word itself. */
const RELATED_COUNT = 0.4;

/** Words apart at most for two neighbours of the query to count as standing together. */
const NEAR_WORDS = 8;

/** Share of a score that the order and nearness of the words make up. */
const PROXIMITY_SHARE = 0.25;

interface QueryTerm {
  readonly stem: string;
  readonly related: ReadonlySet<string>;
  readonly topic: number;
}

interface ReadDocument {
  readonly length: number;
  /** Where each stem stands, in words from the beginning. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/**
 * How well each document answers a query, 0 to 1: saturation and rarity as in BM25, over the given documents, with
 * stems, related words and a static notion of common words, and the nearness of words that are neighbours in the query.
 */
export function scoreDocuments(query: string, documents: readonly string[]): number[] {
  const terms = readTerms(query);
  if (terms.length === 0) return documents.map(() => 0);
  const read = documents.map(readDocument);
  const meanLength = read.reduce((sum, { length }) => sum + length, 0) / Math.max(1, read.length);
  const weights = weighTerms(terms, read);
  return read.map((document) => {
    const coverage = scoreCoverage(terms, weights, document, meanLength || 1);
    if (terms.length === 1) return round(coverage);
    const nearness = scoreNearness(terms, weights, document);
    return round((1 - PROXIMITY_SHARE) * coverage + PROXIMITY_SHARE * nearness);
  });
}

/** Six digits: equal on every machine. */
function round(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

function readTerms(query: string): QueryTerm[] {
  const terms = new Map<string, QueryTerm>();
  const tokens = tokenise(query);
  const hasTopic = tokens.some(({ word }) => topicWeight(word) > 0);
  for (const { word, stem } of tokens) {
    const topic = hasTopic ? topicWeight(word) : 1;
    if (topic > 0 && !terms.has(stem)) terms.set(stem, { stem, topic, related: relatedStems(stem) });
  }
  return [...terms.values()];
}

function readDocument(text: string): ReadDocument {
  const tokens = tokenise(text);
  const places = new Map<string, number[]>();
  for (const [at, { stem }] of tokens.entries()) {
    const known = places.get(stem);
    if (known === undefined) places.set(stem, [at]);
    else known.push(at);
  }
  return { length: tokens.length, places };
}

/** What each term counts, summing to 1: its topic times its rarity among the documents. */
function weighTerms(terms: readonly QueryTerm[], documents: readonly ReadDocument[]): number[] {
  const count = documents.length + BACKGROUND_DOCUMENTS;
  const weights = terms.map(({ stem, topic }) => {
    const met = documents.filter(({ places }) => places.has(stem)).length;
    return topic * Math.log(1 + (count - met + 0.5) / (met + 0.5));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function scoreCoverage(
  terms: readonly QueryTerm[],
  weights: readonly number[],
  { length, places }: ReadDocument,
  meanLength: number,
): number {
  const damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * (length / meanLength));
  return terms.reduce((sum, { stem, related }, index) => {
    let count = places.get(stem)?.length ?? 0;
    if (count === 0 && [...related].some((other) => places.has(other))) count = RELATED_COUNT;
    return sum + (weights[index] ?? 0) * (count / (count + damping));
  }, 0);
}

function scoreNearness(
  terms: readonly QueryTerm[],
  weights: readonly number[],
  { places }: ReadDocument,
): number {
  let met = 0;
  let possible = 0;
  for (let index = 0; index + 1 < terms.length; index += 1) {
    const weight = (weights[index] ?? 0) + (weights[index + 1] ?? 0);
    possible += weight;
    const first = places.get(terms[index]?.stem ?? "");
    const second = places.get(terms[index + 1]?.stem ?? "");
    if (first === undefined || second === undefined) continue;
    const distance = closest(first, second);
    if (distance <= NEAR_WORDS) met += weight * (1 - (distance - 1) / NEAR_WORDS);
  }
  return possible === 0 ? 0 : met / possible;
}

/** Smallest distance between two ordered lists of places; a word before its neighbour costs one more. */
function closest(first: readonly number[], second: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  let at = 0;
  for (const place of first) {
    while (at + 1 < second.length && (second[at] ?? 0) < place) at += 1;
    for (const other of [second[at - 1], second[at]]) {
      if (other === undefined || other === place) continue;
      best = Math.min(best, other > place ? other - place : place - other + 1);
    }
  }
  return best;
}
