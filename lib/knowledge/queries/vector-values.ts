import { type SQL, sql } from "drizzle-orm";

/** The largest number of a vector becomes this one: what a 32-bit float still holds exactly. */
const LEVELS = 2 ** 24;

/** A vector as PostgreSQL reads it; seven digits are all a 32-bit float is sure of. */
export function vectorLiteral(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => Number(value.toPrecision(7))).join(",")}]`;
}

/**
 * Vectors' directions as an array of texts of whole numbers, one parameter for {@link unitVector}. The embedded engine
 * takes 1.4 ms to read 384 decimals and .2 ms to read as many whole numbers.
 *
 * @throws RangeError for a number that is not finite.
 */
export function directionArray(vectors: readonly Float32Array[]): string {
  return `{${vectors.map((vector) => `"{${wholeNumbers(vector).join(",")}}"`).join(",")}}`;
}

function wholeNumbers(vector: Float32Array): number[] {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (!Number.isFinite(largest)) throw new RangeError("a vector holds a number that is not finite");
  const perUnit = largest === 0 ? 0 : LEVELS / largest;
  return Array.from(vector, (value) => Math.round(value * perUnit));
}

/** One text of {@link directionArray} as a vector of length 1: all comparisons are of directions. */
export function unitVector(text: SQL): SQL {
  return sql`l2_normalize(${text}::integer[]::vector)`;
}
