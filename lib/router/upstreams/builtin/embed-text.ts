import { topicWeight } from "../../../shared/text/common-words.ts";
import { tokenise } from "../../../shared/text/tokenise.ts";

/** Name under which vectors of this embedder are stored; a change of the recipe is a new name. */
export const BUILTIN_EMBEDDING_MODEL = "vouch-embed-1";
/** Length of every vector. */
export const BUILTIN_EMBEDDING_DIMENSIONS = 384;

/** What goes into a vector, and how strongly. The chosen values are {@link defaultRecipe}; the bench tries others. */
export interface EmbeddingRecipe {
  /** Weight of a word's stem. */
  readonly word: number;
  /** Weight of two neighbouring content words as one feature. */
  readonly bigram: number;
  /** Weight of all character n-grams of a word together. */
  readonly ngram: number;
  readonly ngramMin: number;
  readonly ngramMax: number;
  /** How many signed positions each feature is spread over. */
  readonly projections: number;
  /** Words of little topic are taken to this power: 0 treats all but function words alike. */
  readonly commonnessPower: number;
}

/** Chosen on SciFact, Cranfield and product-docs; figures in bench/builtin-answers/results.md. */
export const defaultRecipe: EmbeddingRecipe = {
  word: 1,
  bigram: 0.15,
  ngram: 1.2,
  ngramMin: 4,
  ngramMax: 5,
  projections: 8,
  commonnessPower: 1,
};

interface SparseVector {
  readonly positions: Uint16Array;
  readonly values: Float32Array;
}

const wordCacheLimit = 40_000;

/** FNV-1a over UTF-16 units, then a murmur-style finish so that neighbouring strings land far apart. */
function hashText(text: string, seed: number): number {
  let hash = (2166136261 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  return scramble(hash);
}

function scramble(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Adds one feature to a dense vector: a signed random projection onto a few positions, of total length `weight`. */
function addFeature(vector: Float32Array, feature: string, weight: number, projections: number): void {
  let hash = hashText(feature, 0x9e3779b9);
  const share = weight / Math.sqrt(projections);
  for (let round = 0; round < projections; round++) {
    const position = (hash >>> 1) % BUILTIN_EMBEDDING_DIMENSIONS;
    vector[position] = (vector[position] ?? 0) + ((hash & 1) === 0 ? share : -share);
    hash = scramble((hash + 0x9e3779b9) | 0);
  }
}

function addCharacterNgrams(vector: Float32Array, word: string, recipe: EmbeddingRecipe): void {
  const framed = `^${word}$`;
  const grams: string[] = [];
  for (let size = recipe.ngramMin; size <= recipe.ngramMax; size++) {
    for (let start = 0; start + size <= framed.length; start++) grams.push(framed.slice(start, start + size));
  }
  const weight = recipe.ngram / Math.sqrt(Math.max(1, grams.length));
  for (const gram of grams) addFeature(vector, `#${gram}`, weight, Math.min(2, recipe.projections));
}

function toSparse(dense: Float32Array): SparseVector {
  const positions: number[] = [];
  const values: number[] = [];
  for (let position = 0; position < dense.length; position += 1) {
    const value = dense[position] ?? 0;
    if (value === 0) continue;
    positions.push(position);
    values.push(value);
  }
  return { positions: Uint16Array.from(positions), values: Float32Array.from(values) };
}

function weighWord(word: string, recipe: EmbeddingRecipe): number {
  const topic = topicWeight(word);
  if (topic === 0) return 0;
  return topic ** recipe.commonnessPower;
}

function accumulate(vector: Float32Array, sparse: SparseVector, weight: number): void {
  for (let index = 0; index < sparse.positions.length; index++) {
    const position = sparse.positions[index] ?? 0;
    vector[position] = (vector[position] ?? 0) + weight * (sparse.values[index] ?? 0);
  }
}

function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  // A text without a single word still gets a unit vector, always the same one: similarity stays defined.
  if (squares === 0) {
    vector[0] = 1;
    return vector;
  }
  const scale = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) * scale;
  return vector;
}

/**
 * Builds an embedding function for one recipe. Vectors of words are kept between calls (a cache only: the result
 * depends on the text and the recipe alone).
 */
export function createEmbedder(recipe: EmbeddingRecipe): (texts: readonly string[]) => Float32Array[] {
  const wordVectors = new Map<string, SparseVector>();

  function vectorOfWord(word: string, stem: string): SparseVector {
    const known = wordVectors.get(word);
    if (known !== undefined) return known;
    const dense = new Float32Array(BUILTIN_EMBEDDING_DIMENSIONS);
    addFeature(dense, stem, recipe.word, recipe.projections);
    if (recipe.ngram > 0) addCharacterNgrams(dense, word, recipe);
    const sparse = toSparse(dense);
    if (wordVectors.size >= wordCacheLimit) wordVectors.clear();
    wordVectors.set(word, sparse);
    return sparse;
  }

  function embedOne(text: string): Float32Array {
    const vector = new Float32Array(BUILTIN_EMBEDDING_DIMENSIONS);
    const counts = new Map<string, { stem: string; count: number }>();
    const pairs = new Map<string, number>();
    let previous = "";
    for (const { word, stem } of tokenise(text)) {
      if (topicWeight(word) === 0) continue;
      const entry = counts.get(word);
      if (entry === undefined) counts.set(word, { stem, count: 1 });
      else entry.count++;
      if (previous !== "" && recipe.bigram > 0) {
        const pair = `${previous} ${stem}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
      previous = stem;
    }
    for (const [word, { stem, count }] of counts) {
      accumulate(vector, vectorOfWord(word, stem), weighWord(word, recipe) * (1 + Math.log(count)));
    }
    for (const [pair, count] of pairs) {
      addFeature(vector, pair, recipe.bigram * (1 + Math.log(count)), Math.min(4, recipe.projections));
    }
    return normalise(vector);
  }

  return (texts) => texts.map(embedOne);
}

const embedWithDefaults = createEmbedder(defaultRecipe);

/**
 * Vectors of {@link BUILTIN_EMBEDDING_DIMENSIONS} numbers and unit length, one per text, equal for equal texts on
 * every machine. Hashed features (word stems, neighbouring pairs, character n-grams; sublinear counts) under a signed
 * random projection: it finds shared wording and word forms, not meaning.
 */
export function embedTexts(texts: readonly string[]): Float32Array[] {
  return embedWithDefaults(texts);
}
