import { describe, expect, it } from "vitest";
import { figureName, figureWords, filterWords, milliseconds, scoreWords } from "./found-words.ts";

describe("the words of a search's trace", () => {
  it("name scores in the order in which they came about, without the legs that found nothing", () => {
    expect(scoreWords({ keyword: 12.345, semantic: null, fused: 0.5, rerank: 0.25 })).toEqual([
      "words 12.35",
      "joined 0.50",
      "ordered anew 0.25",
    ]);
  });

  it("say where a filter comes from and whether it was kept", () => {
    const filter = { kind: "title", value: "Pump log", origin: "recognised" } as const;
    expect(filterWords({ ...filter, isApplied: true })).toBe("Title: Pump log (recognised in the question)");
    expect(filterWords({ ...filter, origin: "asked", isApplied: false })).toBe(
      "Title: Pump log, left out: nothing was found with it",
    );
  });

  it("read figures for people", () => {
    expect(figureName("vectorScan")).toBe("vector scan");
    expect([
      figureWords(true),
      figureWords([]),
      figureWords(["a", "b"]),
      figureWords(0.25),
      figureWords(3),
    ]).toEqual(["yes", "none", "a, b", "0.250", "3"]);
    expect([milliseconds(0.4), milliseconds(12.4), milliseconds(1240)]).toEqual([
      "under 1 ms",
      "12 ms",
      "1.2 s",
    ]);
  });
});
