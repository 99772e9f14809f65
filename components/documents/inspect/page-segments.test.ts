import { expect, test } from "vitest";
import { pageSegments } from "@/components/documents/inspect/page-segments.ts";
import type { IndexPassage } from "@/lib/knowledge/schema.ts";

function passage(ordinal: number, start: number, end: number): IndexPassage {
  return { chunkId: `chunk-${ordinal}`, ordinal, start, end, headingPath: [], note: null, terms: "" };
}

test("passages and the text between them make up the page, blanks left out", () => {
  const text = "One. Two.  [3] Four.";
  const segments = pageSegments(text, 100, [passage(0, 100, 109), passage(1, 115, 120)]);
  expect(segments.map(({ text: shown, passage: held }) => [shown, held?.ordinal ?? null])).toEqual([
    ["One. Two.", 0],
    ["  [3] ", null],
    ["Four.", 1],
  ]);
});

test("a passage that reaches over the page's ends is cut, and says so", () => {
  const [only] = pageSegments("middle", 50, [passage(4, 40, 70)]);
  expect(only).toMatchObject({ text: "middle", isCutBefore: true, isCutAfter: true });
});

test("passages that overlap are each shown whole", () => {
  const segments = pageSegments("abcdef", 0, [passage(0, 0, 4), passage(1, 2, 6)]);
  expect(segments.map(({ text }) => text)).toEqual(["abcd", "cdef"]);
});

test("a page without passages is text that the index does not hold, or nothing", () => {
  expect(pageSegments("Only a heading", 0, [])).toMatchObject([{ passage: null, text: "Only a heading" }]);
  expect(pageSegments(" \n ", 0, [])).toEqual([]);
});
