import { describe, expect, test } from "vitest";
import { chooseOutput } from "./choose-output.ts";
import { normalise, poolRow } from "./pool-vectors.ts";
import { scoreRows } from "./score-rows.ts";
import { splitBatches } from "./split-batches.ts";

describe("the vector of a row", () => {
  // Two rows of three tokens of two numbers; the first row has two real tokens.
  const tokens = {
    data: Float32Array.of(3, 0, 0, 4, 9, 9, 1, 0, 0, 1, 2, 0),
    rowLength: 3,
    width: 2,
  };
  const round = (vector: Float32Array) => Array.from(vector, (value) => Math.round(value * 1000) / 1000);

  test("is the mean of its real tokens, with length 1", () => {
    expect(round(poolRow(tokens, 0, 2, "mean"))).toEqual([0.6, 0.8]);
    expect(round(poolRow(tokens, 1, 3, "mean"))).toEqual([0.949, 0.316]);
  });

  test("is its first or its last real token where the model wants that", () => {
    expect(round(poolRow(tokens, 0, 2, "cls"))).toEqual([1, 0]);
    expect(round(poolRow(tokens, 0, 2, "last"))).toEqual([0, 1]);
    expect(round(poolRow(tokens, 1, 3, "last"))).toEqual([1, 0]);
  });

  test("stays zero when it is zero, and is refused when it is no number", () => {
    expect(normalise(Float32Array.of(0, 0))).toEqual(Float32Array.of(0, 0));
    expect(() => normalise(Float32Array.of(Number.NaN, 1))).toThrow(/not finite/);
  });
});

describe("the scores of rows", () => {
  test("lie between 0 and 1 in the order of the logits, also near 1", () => {
    const [low = 0, middle = 0, high = 0, higher = 0] = scoreRows(Float32Array.of(-4, 0, 18, 19), 4);
    expect(middle).toBe(0.5);
    expect([low < middle, middle < high, high < higher, higher < 1]).toEqual([true, true, true, true]);
  });

  test("come from two classes as from their difference", () => {
    expect(scoreRows(Float32Array.of(1, 1, 0, 3), 2)).toEqual(Float64Array.of(0.5, 1 / (1 + Math.exp(-3))));
  });

  test("are refused for models that sort into more classes", () => {
    expect(() => scoreRows(Float32Array.of(1, 2, 3), 1)).toThrow(/3 numbers/);
  });
});

describe("batches", () => {
  test("hold rows of like length and every row once", () => {
    expect(splitBatches([500, 3, 500, 4, 500, 500, 500])).toEqual([[1, 3], [0, 2, 4, 5], [6]]);
    const many = splitBatches(Array.from({ length: 70 }, () => 5));
    expect(many.map((batch) => batch.length)).toEqual([32, 32, 6]);
    expect(splitBatches([9_000, 1])).toEqual([[1], [0]]);
    expect(splitBatches([])).toEqual([]);
  });
});

describe("the output of a graph", () => {
  const outputs = (ranks: Readonly<Record<string, number>>, settings: { pooling?: "cls" } = {}) => ({
    settings: { graph: "model.onnx", pooling: settings.pooling },
    session: {
      outputNames: Object.keys(ranks),
      outputMetadata: Object.entries(ranks).map(([name, rank]) => ({
        name,
        isTensor: true,
        shape: Array.from({ length: rank }, () => "n"),
      })),
    },
    furtherModules: [] as string[],
  });

  test("is the finished vector where there is one, unless the configuration names a pooling", () => {
    const ranks = { token_embeddings: 3, sentence_embedding: 2 };
    expect(chooseOutput(outputs(ranks), "embed")).toBe("sentence_embedding");
    expect(chooseOutput(outputs(ranks, { pooling: "cls" }), "embed")).toBe("token_embeddings");
  });

  test("is the tokens' vectors, not the pooler's", () => {
    expect(chooseOutput(outputs({ pooler_output: 2, last_hidden_state: 3 }), "embed")).toBe(
      "last_hidden_state",
    );
  });

  test("is missed by name when the graph is for something else", () => {
    expect(() => chooseOutput(outputs({ logits: 2 }), "embed")).toThrow(
      "model.onnx is no embedder: it gives logits, not last_hidden_state",
    );
    expect(() => chooseOutput(outputs({ last_hidden_state: 3 }), "score")).toThrow(/is no reranker/);
  });

  test("is refused when the model goes on behind it", () => {
    const dense = { ...outputs({ last_hidden_state: 3 }), furtherModules: ["Dense"] };
    expect(() => chooseOutput(dense, "embed")).toThrow(/before the steps Dense of modules.json/);
  });
});
