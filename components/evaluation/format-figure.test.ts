import { describe, expect, it } from "vitest";
import {
  countWords,
  formatDifference,
  formatFigure,
  formatInterval,
} from "@/components/evaluation/format-figure.ts";

describe("formatFigure", () => {
  it("shows shares with two digits and times in the unit that reads best", () => {
    expect(formatFigure(0.834, "share")).toBe("0.83");
    expect(formatFigure(3.14, "ms")).toBe("3.1\u00a0ms");
    expect(formatFigure(412.4, "ms")).toBe("412\u00a0ms");
    expect(formatFigure(1430, "ms")).toBe("1.4\u00a0s");
  });
});

describe("formatDifference", () => {
  it("carries its sign, and says plainly when there is none", () => {
    expect(formatDifference(0.081, "share")).toBe("+0.08");
    expect(formatDifference(-120, "ms")).toBe("−120\u00a0ms");
    expect(formatDifference(0, "share")).toBe("0");
    expect(formatDifference(0.004, "share")).toBe("about 0");
    expect(formatDifference(-0.02, "ms")).toBe("about 0");
  });
});

describe("formatInterval", () => {
  it("joins both ends by a word", () => {
    expect(formatInterval({ low: -0.012, high: 0.2 }, "share")).toBe("−0.01 to 0.20");
  });
});

describe("countWords", () => {
  it("knows one from many", () => {
    expect(countWords(1, "question")).toBe("1 question");
    expect(countWords(0, "question")).toBe("0 questions");
  });
});
