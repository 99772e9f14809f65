import { describe, expect, it } from "vitest";
import { changedSettings, comparisonSentence, settingsLine } from "@/components/evaluation/run-words.ts";
import { type MetricDifference, runConfigurationSchema } from "@/lib/evaluation/schema.ts";

const difference = (metric: string, verdict: MetricDifference["verdict"]): MetricDifference => ({
  metric,
  n: 10,
  before: 0,
  after: 0,
  difference: 0,
  low: 0,
  high: 0,
  wins: 0,
  ties: 10,
  losses: 0,
  verdict,
});

describe("settingsLine", () => {
  it("names what was chosen", () => {
    expect(settingsLine(runConfigurationSchema.parse({ mode: "keyword", passages: 1 }))).toBe(
      "Keyword search, 1 passage",
    );
    expect(settingsLine(runConfigurationSchema.parse({ semanticWeight: 0.3, model: "gpt" }))).toBe(
      "Hybrid search (30 % semantic), 8 passages, gpt",
    );
  });
});

describe("changedSettings", () => {
  it("lists only what differs", () => {
    const before = runConfigurationSchema.parse({ mode: "keyword", passages: 4 });
    const after = runConfigurationSchema.parse({ mode: "semantic", passages: 4 });
    expect(changedSettings(after, before)).toEqual(["Search mode: Semantic search, before Keyword search"]);
    expect(changedSettings(after, after)).toEqual([]);
  });
});

describe("comparisonSentence", () => {
  it("says plainly that two equal runs do not differ, whatever their times do", () => {
    expect(comparisonSentence([difference("decision", "same"), difference("latency-p50", "worse")])).toBe(
      "No difference: both runs score the same on every question.",
    );
  });

  it("counts what got better and worse", () => {
    const metrics = [
      difference("recall@5", "better"),
      difference("ndcg@10", "worse"),
      difference("decision", "unclear"),
    ];
    expect(comparisonSentence(metrics)).toBe(
      "Measures of quality: 1 better, 1 worse, 1 without a clear difference.",
    );
  });
});
