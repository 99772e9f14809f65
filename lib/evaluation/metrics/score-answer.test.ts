import { describe, expect, it } from "vitest";
import { scoreDecision, supportedSentences, tokenRecall } from "./score-answer.ts";

describe("scoreDecision", () => {
  it("tells the four cases apart", () => {
    expect(scoreDecision(true, false)).toEqual({ decision: 1, falseRefusal: 0 });
    expect(scoreDecision(true, true)).toEqual({ decision: 0, falseRefusal: 1 });
    expect(scoreDecision(false, true)).toEqual({ decision: 1, rejection: 1 });
    expect(scoreDecision(false, false)).toEqual({ decision: 0, rejection: 0 });
  });
});

describe("tokenRecall", () => {
  it("counts reference words as often as the answer holds them", () => {
    // Reference: pump, replaced, 3.5, May, pump; the answer has one pump, replaced and 3.5: 3 of 5.
    expect(tokenRecall("The pump replaced 3.5 May pump", "A Pump was replaced at 3.5. [1]")).toBe(0.6);
  });

  it("does not take a citation marker for a number", () => {
    expect(tokenRecall("1", "It was cited. [1]")).toBe(0);
  });

  it("is undefined for a reference without words", () => {
    expect(tokenRecall("the.", "anything")).toBeUndefined();
  });

  it("reads letters of any script", () => {
    expect(tokenRecall("Кран заменён", "кран был ЗАМЕНЁН")).toBe(1);
  });
});

describe("supportedSentences", () => {
  const sentence = (verdict: "supported" | "partly" | "unsupported") => ({
    start: 0,
    end: 1,
    verdict,
    markers: [],
  });

  it("counts fully supported sentences only", () => {
    const sentences = [
      sentence("supported"),
      sentence("partly"),
      sentence("unsupported"),
      sentence("supported"),
    ];
    expect(supportedSentences({ sentences, isNotFound: false })).toBe(0.5);
  });

  it("is undefined for a refusal", () => {
    expect(supportedSentences({ sentences: [sentence("unsupported")], isNotFound: true })).toBeUndefined();
    expect(supportedSentences({ sentences: [], isNotFound: false })).toBeUndefined();
  });
});
