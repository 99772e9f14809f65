import { describe, expect, it } from "vitest";
import { summariseScores } from "./summarise-scores.ts";

describe("summariseScores", () => {
  it("takes each total over the items that carry the metric and says how many", () => {
    const totals = summariseScores([
      { "recall@10": 0.5, decision: 1, "latency-ms": 100 },
      { "recall@10": 1, decision: 0, "latency-ms": 300 },
      { decision: 1, "latency-ms": 200 },
    ]);
    const by = Object.fromEntries(totals.map((total) => [total.metric, total]));
    expect(by["recall@10"]).toMatchObject({ n: 2, value: 0.75, low: 0.5, high: 1 });
    expect(by.decision).toMatchObject({ n: 3 });
    expect(by.decision?.value).toBeCloseTo(2 / 3, 12);
    expect(by["latency-p50"]).toMatchObject({ n: 3, value: 200 });
    expect(by["latency-p95"]?.value).toBeCloseTo(290, 10);
    expect(by.rejection).toBeUndefined();
  });

  it("uses Wilson's interval where every item is a yes or a no", () => {
    const [total] = summariseScores(Array.from({ length: 10 }, () => ({ "citation-validity": 1 })));
    expect(total).toMatchObject({ metric: "citation-validity", n: 10, value: 1 });
    expect(total?.low).toBeCloseTo(0.7225, 4);
  });

  it("has no totals without items", () => {
    expect(summariseScores([])).toEqual([]);
  });
});
