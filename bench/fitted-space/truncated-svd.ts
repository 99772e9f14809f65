/** The cells of a row that are not 0. */
export interface SparseRow {
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** The right singular vectors of the largest singular values. */
export interface TruncatedSvd {
  /** Orthonormal, one a singular value; each has a number for every column of the matrix. */
  readonly basis: readonly Float64Array[];
  /** Largest first. */
  readonly singularValues: readonly number[];
}

/** Directions beside those asked for, so that the last of these are right, too. */
const OVERSAMPLING = 10;
const POWER_ITERATIONS = 3;
const SEED = 20_261_122;
/** Less than this share of the largest is what rounding left. */
const ROUNDING = 1e-12;
const SWEEPS_MAX = 30;

/** Numbers of a normal distribution (Box and Muller, 1958), the same ones every time. */
function gaussian(): () => number {
  let state = SEED;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

function addScaled(into: Float64Array, from: Float64Array, factor: number): void {
  for (let index = 0; index < into.length; index += 1) {
    into[index] = (into[index] ?? 0) + factor * (from[index] ?? 0);
  }
}

/** A x. */
function times(rows: readonly SparseRow[], vector: Float64Array): Float64Array {
  return Float64Array.from(rows, ({ columns, values }) => {
    let sum = 0;
    for (let cell = 0; cell < columns.length; cell += 1) {
      sum += (values[cell] ?? 0) * (vector[columns[cell] ?? 0] ?? 0);
    }
    return sum;
  });
}

/** Aᵀ x. */
function timesTransposed(rows: readonly SparseRow[], width: number, vector: Float64Array): Float64Array {
  const product = new Float64Array(width);
  for (const [index, { columns, values }] of rows.entries()) {
    const factor = vector[index] ?? 0;
    for (let cell = 0; cell < columns.length; cell += 1) {
      const column = columns[cell] ?? 0;
      product[column] = (product[column] ?? 0) + factor * (values[cell] ?? 0);
    }
  }
  return product;
}

/** Gram and Schmidt's way, modified, each vector twice; what is a sum of those before it becomes 0. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  for (const [index, vector] of vectors.entries()) {
    const before = Math.sqrt(dot(vector, vector));
    for (let round = 0; round < 2; round += 1) {
      for (const other of vectors.slice(0, index)) addScaled(vector, other, -dot(vector, other));
    }
    const length = Math.sqrt(dot(vector, vector));
    const factor = length > ROUNDING * before ? 1 / length : 0;
    for (const [place, value] of vector.entries()) vector[place] = value * factor;
  }
}

/** Turns two vectors in their plane until they are orthogonal; false when they were. */
function turnApart(left: Float64Array, right: Float64Array, floor: number): boolean {
  const [first, second, both] = [dot(left, left), dot(right, right), dot(left, right)];
  if (Math.min(first, second) <= floor || Math.abs(both) <= ROUNDING * Math.sqrt(first * second))
    return false;
  const slope = (second - first) / (2 * both);
  const tangent = (slope >= 0 ? 1 : -1) / (Math.abs(slope) + Math.hypot(1, slope));
  const cosine = 1 / Math.hypot(1, tangent);
  for (let index = 0; index < left.length; index += 1) {
    const [own, other] = [left[index] ?? 0, right[index] ?? 0];
    left[index] = cosine * (own - tangent * other);
    right[index] = cosine * (tangent * own + other);
  }
  return true;
}

/**
 * Eigenvalues, largest first, and eigenvectors of a symmetric matrix without negative ones, by rotations of its rows
 * (Hestenes, 1958): once the rows are orthogonal, their lengths and directions are just these.
 */
function eigen(rows: readonly Float64Array[]): { value: number; vector: Float64Array }[] {
  const floor = (ROUNDING * Math.max(...rows.map((row) => Math.sqrt(dot(row, row))))) ** 2;
  let isTurned = true;
  for (let sweep = 0; isTurned && sweep < SWEEPS_MAX; sweep += 1) {
    isTurned = false;
    for (const [index, left] of rows.entries()) {
      for (const right of rows.slice(index + 1)) isTurned = turnApart(left, right, floor) || isTurned;
    }
  }
  const found = rows.filter((row) => dot(row, row) > floor);
  return found
    .map((row) => ({ value: Math.sqrt(dot(row, row)), vector: row }))
    .map(({ value, vector }) => ({ value, vector: vector.map((number) => number / value) }))
    .toSorted((left, right) => right.value - left.value);
}

/**
 * The truncated singular value decomposition of a sparse matrix by a random sketch and power iterations with the vectors
 * made orthonormal anew each time (Halko, Martinsson, Tropp: "Finding Structure with Randomness", SIAM Review 2011,
 * algorithms 4.4 and 5.1). The seed is fixed: equal matrices give equal results.
 *
 * @returns fewer values than asked for when the matrix has no higher rank.
 */
export function truncatedSvd(rows: readonly SparseRow[], width: number, dimensions: number): TruncatedSvd {
  const next = gaussian();
  const count = Math.min(dimensions + OVERSAMPLING, rows.length, width);
  let images: Float64Array[] = Array.from({ length: count }, () => Float64Array.from(rows, next));
  let sketch: Float64Array[] = [];
  for (let round = 0; round <= POWER_ITERATIONS; round += 1) {
    sketch = images.map((image) => timesTransposed(rows, width, image));
    orthonormalise(sketch);
    images = sketch.map((vector) => times(rows, vector));
  }
  const products = images.map((left) => Float64Array.from(images, (right) => dot(left, right)));
  const found = eigen(products).slice(0, dimensions);
  const basis = found.map(({ vector }) => {
    const sum = new Float64Array(width);
    for (const [index, part] of sketch.entries()) addScaled(sum, part, vector[index] ?? 0);
    return sum;
  });
  return { basis, singularValues: found.map(({ value }) => Math.sqrt(value)) };
}
