import type { OnnxPooling } from "../../../config/router-config.ts";

/** Vectors of the tokens of several rows, one after the other. */
export interface TokenVectors {
  readonly data: Float32Array;
  /** Tokens in each row, those that only fill it up included. */
  readonly rowLength: number;
  readonly width: number;
}

/** One vector of length 1 for a row of which so many tokens are real. */
export function poolRow(
  { data, rowLength, width }: TokenVectors,
  row: number,
  tokens: number,
  pooling: OnnxPooling,
): Float32Array {
  const start = row * rowLength * width;
  const first = pooling === "last" ? Math.max(0, tokens - 1) : 0;
  const count = pooling === "mean" ? tokens : 1;
  const vector = new Float32Array(width);
  for (let token = first; token < first + count; token += 1) {
    const from = start + token * width;
    for (let at = 0; at < width; at += 1) vector[at] = (vector[at] ?? 0) + (data[from + at] ?? 0);
  }
  return normalise(vector);
}

/** The same direction with length 1; a vector of zeros stays. The sum for a mean needs no division before. */
export function normalise(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(length)) throw new Error("the model gave numbers that are not finite");
  return length === 0 ? vector : vector.map((value) => value / length);
}
