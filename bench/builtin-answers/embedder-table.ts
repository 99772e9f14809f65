import {
  createEmbedder,
  defaultRecipe,
  type EmbeddingRecipe,
} from "../../lib/router/upstreams/builtin/embed-text.ts";
import { Bm25, rankScores } from "./bm25.ts";
import type { BenchSet } from "./load-set.ts";

const fusionDepth = 100;

/** The recipes compared: the chosen one, and it with one thing changed. */
export const recipes: Readonly<Record<string, EmbeddingRecipe>> = {
  chosen: defaultRecipe,
  "words only": { ...defaultRecipe, bigram: 0, ngram: 0 },
  "no bigrams": { ...defaultRecipe, bigram: 0 },
  "no n-grams": { ...defaultRecipe, ngram: 0 },
  "weak n-grams": { ...defaultRecipe, ngram: 0.6 },
  "n-grams 3-5": { ...defaultRecipe, ngramMin: 3 },
  "1 position": { ...defaultRecipe, projections: 1 },
  "no commonness": { ...defaultRecipe, commonnessPower: 0 },
};

export interface EmbedderRow {
  readonly recipe: string;
  readonly set: string;
  readonly bm25: number;
  readonly alone: number;
  readonly fused20: number;
  readonly fused30: number;
  readonly textsPerSecond: number;
}

function ndcgAt10(ranked: readonly string[], grades: ReadonlyMap<string, number>): number {
  const gain = (grade: number, rank: number) => grade / Math.log2(rank + 2);
  const found = ranked.slice(0, 10).reduce((sum, id, rank) => sum + gain(grades.get(id) ?? 0, rank), 0);
  const ideal = [...grades.values()].sort((left, right) => right - left).slice(0, 10);
  const best = ideal.reduce((sum, grade, rank) => sum + gain(grade, rank), 0);
  return best === 0 ? 0 : found / best;
}

function minMax(scores: ReadonlyMap<number, number>, kept: readonly number[]): Map<number, number> {
  const values = kept.map((index) => scores.get(index) ?? 0);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  return new Map(kept.map((index) => [index, ((scores.get(index) ?? 0) - low) / span]));
}

/** Min-max fusion of the first hundred of each leg; a document missing from a leg counts 0 there. */
function fuse(
  lexical: ReadonlyMap<number, number>,
  dense: ReadonlyMap<number, number>,
  weight: number,
): number[] {
  const left = minMax(lexical, rankScores(lexical, fusionDepth));
  const right = minMax(dense, rankScores(dense, fusionDepth));
  const fused = new Map<number, number>();
  for (const [index, score] of left) fused.set(index, (1 - weight) * score);
  for (const [index, score] of right) fused.set(index, (fused.get(index) ?? 0) + weight * score);
  return rankScores(fused, 10);
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

/** nDCG@10 of one recipe on one set: alone, and fused with BM25 at weights .2 and .3. */
export function measureEmbedder(set: BenchSet, name: string, recipe: EmbeddingRecipe): EmbedderRow {
  const embed = createEmbedder(recipe);
  const bm25 = new Bm25(set.documents);
  const started = performance.now();
  const vectors = embed(set.documents.map((document) => `${document.title}\n${document.text}`));
  const seconds = (performance.now() - started) / 1000;
  const ids = (ranked: readonly number[]) => ranked.map((index) => set.documents[index]?.id ?? "");
  const sums = [0, 0, 0, 0];
  let count = 0;
  for (const query of set.queries) {
    const grades = set.grades.get(query.id);
    if (grades === undefined) continue;
    const [queryVector] = embed([query.text]);
    if (queryVector === undefined) continue;
    const dense = new Map(vectors.map((vector, index) => [index, dot(vector, queryVector)]));
    const lexical = bm25.score(query.text);
    const rankings = [
      rankScores(lexical, 10),
      rankScores(dense, 10),
      fuse(lexical, dense, 0.2),
      fuse(lexical, dense, 0.3),
    ];
    for (const [column, ranked] of rankings.entries()) {
      sums[column] = (sums[column] ?? 0) + ndcgAt10(ids(ranked), grades);
    }
    count++;
  }
  const mean = (column: number) => (sums[column] ?? 0) / Math.max(1, count);
  return {
    recipe: name,
    set: set.name,
    bm25: mean(0),
    alone: mean(1),
    fused20: mean(2),
    fused30: mean(3),
    textsPerSecond: set.documents.length / seconds,
  };
}
