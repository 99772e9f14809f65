import { describe, expect, it } from "vitest";
import { ndcgAt, recallAt, reciprocalRankAt } from "./score-retrieval.ts";

// Ranks: 1 nothing, 2 source 0, 3 source 0 again, 4 source 1; source 2 is never found.
const coverage = [[], [0], [0], [1], []];

describe("recallAt", () => {
  it("counts each expected source once, within the first k passages", () => {
    expect(recallAt(1, coverage, 3)).toBe(0);
    expect(recallAt(3, coverage, 3)).toBeCloseTo(1 / 3, 12);
    expect(recallAt(10, coverage, 3)).toBeCloseTo(2 / 3, 12);
  });
});

describe("ndcgAt", () => {
  it("matches the value computed by hand", () => {
    // (1/log2 3 + 1/log2 5) / (1/log2 2 + 1/log2 3 + 1/log2 4) = (0.63093 + 0.43068) / 2.13093
    expect(ndcgAt(10, coverage, 3)).toBeCloseTo(0.49819, 5);
  });

  it("is 1 for the ideal order, also when one passage holds two sources", () => {
    expect(ndcgAt(10, [[0], [1]], 2)).toBe(1);
    expect(ndcgAt(10, [[0, 1]], 2)).toBe(1);
  });

  it("cuts both the gain and the ideal at k", () => {
    expect(ndcgAt(1, [[2]], 3)).toBe(1);
    expect(ndcgAt(3, coverage, 3)).toBeCloseTo(0.63093 / 2.13093, 5);
  });

  it("is 0 when nothing was found", () => {
    expect(ndcgAt(10, [], 1)).toBe(0);
    expect(ndcgAt(10, [[], []], 2)).toBe(0);
  });
});

describe("reciprocalRankAt", () => {
  it("is one divided by the first relevant rank, and 0 beyond k", () => {
    expect(reciprocalRankAt(10, coverage, 3)).toBe(0.5);
    expect(reciprocalRankAt(1, coverage, 3)).toBe(0);
    expect(reciprocalRankAt(10, [[], [], [], [0]], 1)).toBe(0.25);
  });
});
