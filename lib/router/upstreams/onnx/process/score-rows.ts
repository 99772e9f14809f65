/**
 * Scores (0 to 1) of rows of logits: one number each, or two of which the second speaks for the text. In double
 * precision: near 1, where good rerankers put what fits, single precision would make unequal scores equal.
 */
export function scoreRows(logits: Float32Array, rows: number): Float64Array {
  const width = logits.length / rows;
  if (width !== 1 && width !== 2) {
    throw new Error(`the model gives ${width} numbers for a text; a reranker gives one, or two`);
  }
  return Float64Array.from({ length: rows }, (_, row) => {
    // The sigmoid of a difference is the softmax of two.
    const score = width === 1 ? logits[row] : (logits[row * 2 + 1] ?? 0) - (logits[row * 2] ?? 0);
    if (score === undefined || !Number.isFinite(score)) throw new Error("the model gave no finite number");
    return 1 / (1 + Math.exp(-score));
  });
}
