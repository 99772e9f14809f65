import { LENGTH_SHARE, SATURATION } from "../keywords/bm25.ts";
import type { Places } from "../keywords/term-list.ts";

/** A passage as the keyword leg found it: its BM25 score and what of the question it holds. */
export interface ScoredPassage {
  readonly score: number;
  /** Terms in it. */
  readonly length: number;
  /** Where the terms stand in it. */
  readonly places: Places;
}

/** How strongly a term's weight is drawn to the mean one, in passages: enough to decide terms that always come together. */
const RIDGE = 0.3;

/**
 * How rare each term is, read off the scores of passages that BM25 found. A score is the sum over the terms of rarity
 * times saturated frequency; frequencies are known, so the rarities follow by least squares (with a pull to their mean).
 * The index keeps these figures to itself, and asking it term by term would cost a statement each.
 *
 * @returns rarity by term, at least a twentieth of the largest; terms that stand in no passage get the largest.
 */
export function estimateRarity(
  terms: readonly string[],
  passages: readonly ScoredPassage[],
): Map<string, number> {
  if (passages.length === 0) return new Map(terms.map((term) => [term, 1]));
  const meanLength = passages.reduce((sum, { length }) => sum + length, 0) / passages.length || 1;
  const rows = passages.map(({ length, places }) =>
    terms.map((term) => {
      const count = places.get(term)?.length ?? 0;
      const damping = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * (length / meanLength));
      return (count * (SATURATION + 1)) / (count + damping);
    }),
  );
  const scores = passages.map(({ score }) => score);
  const total = rows.reduce((sum, row) => sum + row.reduce((own, value) => own + value, 0), 0);
  const mean = total === 0 ? 1 : scores.reduce((sum, score) => sum + score, 0) / total;
  const solved = solveRidge(rows, scores, mean);
  const isMet = terms.map((_, index) => rows.some((row) => (row[index] ?? 0) > 0));
  const largest = Math.max(mean, ...solved.filter((_, index) => isMet[index]));
  return new Map(
    terms.map((term, index) => [term, isMet[index] ? Math.max(solved[index] ?? 0, largest / 20) : largest]),
  );
}

/** Minimises |rows x - scores|² + ridge |x - mean|². */
function solveRidge(rows: readonly number[][], scores: readonly number[], mean: number): number[] {
  const size = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size + 1 }, (__, column) =>
      column === size ? RIDGE * mean : row === column ? RIDGE : 0,
    ),
  );
  for (const [index, values] of rows.entries()) {
    for (let row = 0; row < size; row += 1) {
      const line = matrix[row] ?? [];
      const value = values[row] ?? 0;
      if (value === 0) continue;
      for (let column = 0; column < size; column += 1) {
        line[column] = (line[column] ?? 0) + value * (values[column] ?? 0);
      }
      line[size] = (line[size] ?? 0) + value * (scores[index] ?? 0);
    }
  }
  return eliminate(matrix, size);
}

/** Gauss-Jordan elimination; the matrix is positive definite, so no pivot is zero. */
function eliminate(matrix: number[][], size: number): number[] {
  for (let pivot = 0; pivot < size; pivot += 1) {
    const line = matrix[pivot] ?? [];
    const divisor = line[pivot] ?? 1;
    for (let column = pivot; column <= size; column += 1) line[column] = (line[column] ?? 0) / divisor;
    for (let row = 0; row < size; row += 1) {
      const other = matrix[row] ?? [];
      const factor = other[pivot] ?? 0;
      if (row === pivot || factor === 0) continue;
      for (let column = pivot; column <= size; column += 1) {
        other[column] = (other[column] ?? 0) - factor * (line[column] ?? 0);
      }
    }
  }
  return matrix.map((line) => line[size] ?? 0);
}
