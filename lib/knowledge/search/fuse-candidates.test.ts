import { describe, expect, it } from "vitest";
import { fuseCandidates } from "./fuse-candidates.ts";

describe("fuseCandidates", () => {
  const keyword = [
    { id: "a", score: 30 },
    { id: "b", score: 20 },
    { id: "c", score: 10 },
  ];
  const semantic = [
    { id: "c", score: 0.9 },
    { id: "d", score: 0.7 },
    { id: "b", score: 0.5 },
  ];

  it("lets the weight decide, whatever the scales of both scores", () => {
    expect(
      fuseCandidates(keyword, semantic, 0)
        .map(({ id }) => id)
        .slice(0, 2),
    ).toEqual(["a", "b"]);
    expect(fuseCandidates(keyword, semantic, 1)[0]?.id).toBe("c");
    // Raw sums would rank by BM25 alone; after normalisation 70 % semantic puts the semantic best first.
    expect(fuseCandidates(keyword, semantic, 0.7)[0]?.id).toBe("c");
    const scaled = keyword.map(({ id, score }) => ({ id, score: score * 1000 + 5 }));
    expect(fuseCandidates(scaled, semantic, 0.4).map(({ id, fused }) => [id, fused.toFixed(9)])).toEqual(
      fuseCandidates(keyword, semantic, 0.4).map(({ id, fused }) => [id, fused.toFixed(9)]),
    );
  });

  it("keeps raw scores and stays between 0 and 1", () => {
    for (const candidate of fuseCandidates(keyword, semantic, 0.3)) {
      expect(candidate.fused).toBeGreaterThanOrEqual(0);
      expect(candidate.fused).toBeLessThanOrEqual(1);
    }
    expect(fuseCandidates(keyword, semantic, 0.3).find(({ id }) => id === "b")).toMatchObject({
      keyword: 20,
      semantic: 0.5,
    });
    expect(fuseCandidates(keyword, [], 0.3).find(({ id }) => id === "a")?.semantic).toBeNull();
  });

  it("takes one candidate, equal scores and none", () => {
    expect(fuseCandidates([], [], 0.5)).toEqual([]);
    expect(fuseCandidates([{ id: "a", score: 3 }], [], 0.25)).toMatchObject([{ id: "a", fused: 0.75 }]);
  });
});
