import { describe, expect, it } from "vitest";
import { citationPrecision, citationRecall, citationValidity } from "./score-citations.ts";

const citations = [
  { isValid: true, covers: [0] },
  { isValid: true, covers: [] },
  { isValid: false, covers: [0] },
  { isValid: true, covers: [2] },
];

describe("citation metrics", () => {
  it("counts the share of valid citations", () => {
    expect(citationValidity(citations)).toBe(0.75);
    expect(citationValidity([])).toBeUndefined();
  });

  it("counts the share of citations that overlap an expected source", () => {
    expect(citationPrecision(citations)).toBe(0.75);
    expect(citationPrecision([])).toBeUndefined();
  });

  it("counts each expected source once in recall", () => {
    expect(citationRecall(citations, 4)).toBe(0.5);
    expect(citationRecall([], 1)).toBe(0);
  });
});
