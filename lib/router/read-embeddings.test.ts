import { expect, test } from "vitest";
import { readEmbeddings } from "./read-embeddings.ts";

const base64 = (values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString("base64");

test("vectors come in the order of the inputs, from numbers or base64", () => {
  const data = [
    { index: 1, embedding: base64([0.5, -2]) },
    { index: 0, embedding: [1, 0.25] },
  ];
  expect(readEmbeddings({ data }, 2)).toEqual([Float32Array.from([1, 0.25]), Float32Array.from([0.5, -2])]);
});

test("an answer with gaps, doubles, mixed lengths or wrong values is none", () => {
  const answers = [
    [],
    [{ embedding: [1] }],
    [
      { index: 0, embedding: [1] },
      { index: 0, embedding: [2] },
    ],
    [{ embedding: [1] }, { embedding: [1, 2] }],
    [{ embedding: [1] }, { embedding: ["x"] }],
    [{ embedding: [1] }, { embedding: [] }],
    [{ embedding: [1] }, { embedding: "abc" }],
    [null, null],
  ];
  for (const data of answers) expect(readEmbeddings({ data }, 2)).toBeUndefined();
});
