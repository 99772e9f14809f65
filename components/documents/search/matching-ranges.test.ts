import { expect, test } from "vitest";
import { matchingRanges } from "@/components/documents/search/matching-ranges.ts";

/** The marked parts of a text. */
function marked(query: string, text: string): string[] {
  return matchingRanges(query, text).map(([start, end]) => text.slice(start, end));
}

test("words are marked in their inflections, whatever the case and accents", () => {
  const text = "Two compressors failed; the Éclair pump was replaced.";
  expect(marked("Which compressor failed?", text)).toEqual(["compressors failed"]);
  expect(marked("eclair pumps", text)).toEqual(["Éclair pump"]);
});

test("words that carry nothing are not marked, unless there are no others", () => {
  expect(marked("What is the pump?", "This is the pump of the hall.")).toEqual(["pump"]);
  expect(marked("the", "This is the pump.")).toEqual(["the"]);
});

test("identifiers are marked whole and by their parts", () => {
  expect(marked("PUMP-7A-2041", "See PUMP-7A-2041 and PUMP-7B.")).toContain("PUMP-7A-2041");
});

test("ranges come in order and do not overlap", () => {
  const text = "On 3 May 2024 the pump stopped; on 4 May 2024 the pump ran.";
  const ranges = matchingRanges("pump stopped 3 May 2024", text);
  for (const [index, [start, end]] of ranges.entries()) {
    expect(start).toBeLessThan(end);
    expect(start).toBeGreaterThanOrEqual(ranges[index - 1]?.[1] ?? 0);
  }
});

test("a passage without any of the words has no mark", () => {
  expect(matchingRanges("tungsten", "The pump was replaced.")).toEqual([]);
});
