import { describe, expect, it } from "vitest";
import { type AnswerPiece, MarkerParser } from "./parse-markers.ts";

function parse(deltas: readonly string[]): AnswerPiece[] {
  const parser = new MarkerParser();
  const pieces = [...deltas.flatMap((delta) => parser.push(delta)), ...parser.end()];
  const joined: AnswerPiece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.type === "text" && last?.type === "text") {
      joined[joined.length - 1] = { type: "text", text: last.text + piece.text };
    } else joined.push(piece);
  }
  return joined;
}

const ANSWER =
  "It was replaced in May. [1] Twice [2, 3] and again [[4]] or 【5】 [source 6].\n`a[7]` and\n```\nb[8]\n```\n[9](x) [no] [10";

describe("MarkerParser", () => {
  const whole = parse([ANSWER]);

  it("finds the markers models write and leaves code, links and other brackets alone", () => {
    expect(whole.filter((piece) => piece.type === "markers").map((piece) => piece.numbers)).toEqual([
      [1],
      [2, 3],
      [4],
      [5],
      [6],
    ]);
    const text = whole.map((piece) => (piece.type === "text" ? piece.text : "")).join("");
    for (const kept of ["`a[7]`", "b[8]", "[9](x)", "[no]", "[10"]) expect(text).toContain(kept);
  });

  it("gives the same pieces wherever the text is cut", () => {
    for (let first = 0; first <= ANSWER.length; first += 1) {
      expect(parse([ANSWER.slice(0, first), ANSWER.slice(first)])).toEqual(whole);
    }
    expect(parse([...ANSWER])).toEqual(whole);
  });

  it("never shows half a marker and never loses a character of text", () => {
    const parser = new MarkerParser();
    expect(parser.push("Done. [")).toEqual([{ type: "text", text: "Done. " }]);
    expect(parser.push("1")).toEqual([]);
    expect(parser.push("]")).toEqual([]);
    expect(parser.push(" Next")).toEqual([
      { type: "markers", numbers: [1] },
      { type: "text", text: " Next" },
    ]);
    expect(parse(["an array[", "index] and [ 12"])).toEqual([
      { type: "text", text: "an array[index] and [ 12" },
    ]);
  });

  it("does not hold back an endless run of digits", () => {
    const parser = new MarkerParser();
    const shown = parser.push(`[${"1".repeat(60)}`);
    expect(shown).not.toEqual([]);
  });

  it("stays fast on hostile input", () => {
    const hostile = "[".repeat(50_000) + "1,".repeat(25_000) + "`".repeat(50_000);
    const pieces = parse([hostile]);
    const length = pieces.reduce((sum, piece) => sum + (piece.type === "text" ? piece.text.length : 0), 0);
    expect(length).toBe(hostile.length);
  });
});
