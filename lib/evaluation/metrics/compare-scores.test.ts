import { describe, expect, it } from "vitest";
import type { ItemScores } from "../schema.ts";
import { compareScores, type ScorePair } from "./compare-scores.ts";

const pairsOf = (before: number[], after: number[], metric: keyof ItemScores): ScorePair[] =>
  before.map((value, index) => ({ before: { [metric]: value }, after: { [metric]: after[index] ?? 0 } }));

describe("compareScores", () => {
  it("finds exactly no difference between two equal runs", () => {
    const scores: ItemScores[] = Array.from({ length: 20 }, (_, index) => ({
      "recall@10": index / 19,
      "ndcg@10": Math.sqrt(index) / 7,
      decision: index % 2,
      "latency-ms": 100 + index * 0.1,
    }));
    const metrics = compareScores(scores.map((score) => ({ before: score, after: score })));
    expect(metrics.length).toBeGreaterThan(4);
    for (const metric of metrics) {
      expect(metric).toMatchObject({
        difference: 0,
        low: 0,
        high: 0,
        wins: 0,
        losses: 0,
        ties: 20,
        verdict: "same",
      });
    }
  });

  it("computes means, difference, wins, ties and losses over the pairs", () => {
    const [recall] = compareScores(pairsOf([0, 0.5, 1, 1], [1, 0.5, 1, 0.5], "recall@5"));
    expect(recall).toMatchObject({
      n: 4,
      before: 0.625,
      after: 0.75,
      difference: 0.125,
      wins: 1,
      ties: 2,
      losses: 1,
    });
    expect(recall?.verdict).toBe("unclear");
  });

  it("calls a regular gain better and a regular loss worse", () => {
    const low = Array.from({ length: 12 }, (_, index) => index / 24);
    const high = low.map((value) => value + 0.4);
    expect(compareScores(pairsOf(low, high, "ndcg@10"))[0]?.verdict).toBe("better");
    expect(compareScores(pairsOf(high, low, "ndcg@10"))[0]?.verdict).toBe("worse");
  });

  it("turns wins around for figures where less is better", () => {
    const [refusals] = compareScores(pairsOf(Array(10).fill(1), Array(10).fill(0), "false-refusal"));
    expect(refusals).toMatchObject({ difference: -1, wins: 10, losses: 0, verdict: "better" });
  });

  it("does not call a clean sweep of five pairs a difference", () => {
    expect(compareScores(pairsOf(Array(5).fill(0), Array(5).fill(1), "decision"))[0]?.verdict).toBe(
      "unclear",
    );
    expect(compareScores(pairsOf(Array(6).fill(0), Array(6).fill(1), "decision"))[0]?.verdict).toBe("better");
  });

  it("takes a small regular change of time for none", () => {
    const before = Array.from({ length: 30 }, (_, index) => 1000 + index);
    const slightly = before.map((value) => value + 50);
    const much = before.map((value) => value + 400);
    const verdicts = (after: number[]) =>
      compareScores(pairsOf(before, after, "latency-ms")).map((metric) => metric.verdict);
    expect(verdicts(slightly)).toEqual(["unclear", "unclear"]);
    expect(verdicts(much)).toEqual(["worse", "worse"]);
  });

  it("leaves out pairs in which one run lacks the metric", () => {
    const pairs = [
      { before: { rejection: 1 }, after: {} },
      { before: { rejection: 1 }, after: { rejection: 0 } },
    ];
    expect(compareScores(pairs)[0]).toMatchObject({ metric: "rejection", n: 1 });
  });
});
