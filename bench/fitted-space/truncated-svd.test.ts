import { expect, test } from "vitest";
import { type SparseRow, truncatedSvd } from "./truncated-svd.ts";

type Matrix = readonly (readonly number[])[];

/** Numbers without a pattern, the same ones every time. */
function numbers(rows: number, columns: number, seed: number): Matrix {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => Math.sin(seed * (row * columns + column + 1) ** 1.3)),
  );
}

const transposed = (matrix: Matrix): Matrix =>
  (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? 0));

const dot = (left: readonly number[], right: readonly number[]) =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

const times = (left: Matrix, right: Matrix): Matrix =>
  left.map((row) => transposed(right).map((column) => dot(row, column)));

const toSparse = (matrix: Matrix): SparseRow[] =>
  matrix.map((row) => ({ columns: Int32Array.from(row.keys()), values: Float64Array.from(row) }));

const identity = (size: number): Matrix =>
  Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => Number(row === column)),
  );

function decompose(matrix: Matrix, dimensions: number) {
  const { basis, singularValues } = truncatedSvd(toSparse(matrix), matrix[0]?.length ?? 0, dimensions);
  return { basis: basis.map((vector) => [...vector]), singularValues };
}

function expectEqual(left: Matrix, right: Matrix): void {
  expect(left).toHaveLength(right.length);
  const difference = left.flatMap((row, at) =>
    row.map((value, to) => Math.abs(value - (right[at]?.[to] ?? Number.NaN))),
  );
  expect(Math.max(...difference)).toBeLessThan(1e-9);
}

test("a matrix of low rank is told whole by as many orthonormal vectors as its rank", () => {
  const matrix = times(numbers(40, 5, 1.7), numbers(5, 30, 2.3));
  const { basis, singularValues } = decompose(matrix, 12);
  expect(singularValues).toHaveLength(5);
  expectEqual(times(basis, transposed(basis)), identity(5));
  expectEqual(times(times(matrix, transposed(basis)), basis), matrix);
});

test("of known singular values the largest are found with their vectors, the same every time", () => {
  const [outer, inner] = [decompose(numbers(8, 50, 1.1), 8).basis, decompose(numbers(8, 40, 3.1), 8).basis];
  const matrix = times(
    transposed(outer),
    inner.map((row, index) => row.map((value) => value * (8 - index))),
  );
  const { basis, singularValues } = decompose(matrix, 3);
  expect(singularValues.map((value) => Number(value.toFixed(9)))).toEqual([8, 7, 6]);
  expectEqual(
    times(basis, transposed(inner)).map((row) => row.map(Math.abs)),
    identity(8).slice(0, 3),
  );
  expect(decompose(matrix, 3).basis).toEqual(basis);
});
