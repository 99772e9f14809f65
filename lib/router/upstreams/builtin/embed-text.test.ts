import { describe, expect, it } from "vitest";
import { BUILTIN_EMBEDDING_DIMENSIONS, createEmbedder, defaultRecipe, embedTexts } from "./embed-text.ts";

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

function similarity(left: string, right: string): number {
  const [first, second] = embedTexts([left, right]);
  return first === undefined || second === undefined ? Number.NaN : dot(first, second);
}

describe("embedTexts", () => {
  it("gives vectors of 384 numbers and unit length, also for empty text", () => {
    for (const vector of embedTexts(["The seal hardened.", "", "the of and", "水泵坏了"])) {
      expect(vector).toHaveLength(BUILTIN_EMBEDDING_DIMENSIONS);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  it("gives equal vectors for equal texts, whatever was embedded before or with them", () => {
    const text = "Both seals were replaced in spring.";
    const [alone] = createEmbedder(defaultRecipe)([text]);
    const [, among] = embedTexts(["Something else entirely", text]);
    expect(among).toEqual(alone);
  });

  it("stays the same from release to release: stored vectors depend on it", () => {
    const [vector] = embedTexts(["harbour master"]);
    const strongest = [...(vector ?? [])].map((value, index) => ({ value, index }));
    strongest.sort((left, right) => Math.abs(right.value) - Math.abs(left.value));
    expect(
      strongest.slice(0, 4).map(({ index, value }) => [index, Math.round(value * 1000)]),
    ).toMatchInlineSnapshot(`
      [
        [
          227,
          312,
        ],
        [
          16,
          156,
        ],
        [
          22,
          -156,
        ],
        [
          58,
          156,
        ],
      ]
    `);
  });

  it("holds texts on one thing nearer than texts on two", () => {
    const related = similarity("replacing the bilge pump", "The pump in the bilge was replaced.");
    expect(related).toBeGreaterThan(similarity("replacing the bilge pump", "The mast was painted white."));
  });

  it("sees through inflection, misspelling and letter case", () => {
    expect(similarity("INSPECTION OF VALVES", "inspecting a valve")).toBeGreaterThan(0.6);
    expect(similarity("maintenance schedule", "maintainance schedule")).toBeGreaterThan(0.5);
  });
});
