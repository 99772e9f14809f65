/** Rows of a calculation, filled up to the longest of them, hold so many tokens at most; one long row may hold more. */
const BATCH_TOKENS = 2_048;
const BATCH_ROWS = 32;
/** Rows that are longer than the shortest of a batch by more than so much begin another: the shortest is filled up. */
const FILLED_UP_TOKENS = 64;

/** Positions of rows, those of like length together: what is filled up is calculated as well. */
export function splitBatches(lengths: readonly number[]): number[][] {
  const order = lengths.map((length, index) => ({ length, index })).sort((a, b) => a.length - b.length);
  const batches: number[][] = [];
  let batch: number[] = [];
  let shortest = 0;
  for (const { length, index } of order) {
    const isFull = batch.length === BATCH_ROWS || (batch.length + 1) * length > BATCH_TOKENS;
    if (batch.length > 0 && (isFull || length > shortest + FILLED_UP_TOKENS)) {
      batches.push(batch);
      batch = [];
    }
    if (batch.length === 0) shortest = length;
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
