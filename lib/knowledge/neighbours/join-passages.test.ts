import { describe, expect, it } from "vitest";
import { joinPassages, type Span } from "./join-passages.ts";

const TEXT = Array.from({ length: 40 }, (_, index) => `Sentence ${index} of the text 𝟘. `).join("");

function span(start: number, end: number, versionId = "v"): Span {
  return { versionId, start, end, text: TEXT.slice(start, end), page: null };
}

function isExact({ passage }: { passage: Span }): boolean {
  return TEXT.slice(passage.start, passage.end) === passage.text;
}

describe("passages with what stands around them", () => {
  it("are exact spans of their version, and hold no words twice", () => {
    const found = [span(200, 260), span(260, 300), span(500, 560), span(200, 260, "other")];
    const around = new Map(found.map((one) => [one, span(one.start - 50, one.end + 50, one.versionId)]));
    const joined = joinPassages(found, around, 100_000);
    expect(joined.every(isExact)).toBe(true);
    expect(joined.map(({ passage: { versionId, start, end } }) => [versionId, start, end])).toEqual([
      ["v", 150, 350],
      ["v", 450, 610],
      ["other", 150, 310],
    ]);
    expect(joined.map((entry) => [entry.joined, entry.isExpanded])).toEqual([
      [1, true],
      [0, true],
      [0, true],
    ]);
  });

  it("stay as they were where the length is used up, best first", () => {
    const found = [span(0, 100), span(300, 400), span(600, 700)];
    const around = new Map(found.map((one) => [one, span(Math.max(0, one.start - 50), one.end + 50)]));
    const joined = joinPassages(found, around, 360);
    expect(joined.map(({ passage }) => passage.text.length)).toEqual([150, 100, 100]);
    expect(joinPassages(found, around, 10).map(({ passage }) => passage)).toEqual(found);
  });

  it("join where they touch even when nothing is read around them", () => {
    const [joined] = joinPassages([span(100, 150), span(60, 100)], new Map(), 1_000);
    expect(joined).toMatchObject({ joined: 1, isExpanded: false, passage: { start: 60, end: 150 } });
  });

  it("are exact for any passages and any length", () => {
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 300; round += 1) {
      const found = Array.from({ length: 1 + random(8) }, () => {
        const start = random(TEXT.length - 60);
        return span(start, start + 20 + random(40), random(2) === 0 ? "v" : "w");
      });
      const around = new Map(
        found.map((one) => [
          one,
          span(
            Math.max(0, one.start - random(60)),
            Math.min(TEXT.length, one.end + random(60)),
            one.versionId,
          ),
        ]),
      );
      const charactersMax = random(900);
      const joined = joinPassages(found, around, charactersMax);
      expect(joined.every(isExact)).toBe(true);
      const spans = joined.map(({ passage }) => passage);
      for (const [index, one] of spans.entries())
        for (const other of spans.slice(index + 1))
          expect(one.versionId !== other.versionId || one.end < other.start || other.end < one.start).toBe(
            true,
          );
      for (const one of found)
        expect(
          spans.some(
            (whole) => whole.versionId === one.versionId && whole.start <= one.start && whole.end >= one.end,
          ),
        ).toBe(true);
      const plain = joinPassages(found, new Map(), 0);
      const length = (all: readonly { passage: Span }[]) =>
        all.reduce((sum, { passage }) => sum + passage.text.length, 0);
      expect(length(joined)).toBeLessThanOrEqual(Math.max(charactersMax, length(plain)));
    }
  });
});
