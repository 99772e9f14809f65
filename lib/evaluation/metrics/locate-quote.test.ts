import { describe, expect, it } from "vitest";
import { locateQuote, overlaps } from "./locate-quote.ts";

const text = "The pump was\nreplaced in  May.\fThe pump was replaced in May.";

describe("locateQuote", () => {
  it("finds a quote across line breaks and double blanks, with offsets into the original text", () => {
    const places = locateQuote(text, "pump was replaced in May");
    expect(places.map(({ start, end }) => text.slice(start, end))).toEqual([
      "pump was\nreplaced in  May",
      "pump was replaced in May",
    ]);
  });

  it("keeps to the named page when the quote stands on it", () => {
    const pages = [
      { page: 1, start: 0, end: 31 },
      { page: 2, start: 31, end: text.length },
    ];
    expect(locateQuote(text, "replaced in May.", 2, pages)).toEqual([{ start: 44, end: 60 }]);
  });

  it("takes any place when the named page does not hold the quote", () => {
    const pages = [{ page: 3, start: 0, end: 5 }];
    expect(locateQuote(text, "replaced in May.", 3, pages)).toHaveLength(2);
  });

  it("finds nothing for other words, another case or an empty quote", () => {
    expect(locateQuote(text, "The valve")).toEqual([]);
    expect(locateQuote(text, "the pump")).toEqual([]);
    expect(locateQuote(text, "  ")).toEqual([]);
  });

  it("finds overlapping places of a repeated pattern", () => {
    expect(locateQuote("aaa", "aa")).toEqual([
      { start: 0, end: 2 },
      { start: 1, end: 3 },
    ]);
  });
});

describe("overlaps", () => {
  it("is false for ranges that only touch", () => {
    expect(overlaps({ start: 0, end: 3 }, { start: 3, end: 5 })).toBe(false);
    expect(overlaps({ start: 0, end: 4 }, { start: 3, end: 5 })).toBe(true);
  });
});
