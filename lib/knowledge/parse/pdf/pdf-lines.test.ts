import { describe, expect, it } from "vitest";
import { buildLines } from "./pdf-lines.ts";
import type { PdfTextItem } from "./place-text.ts";

/** The shown page has its origin at the top left. */
const VIEWPORT = [1, 0, 0, -1, 0, 800];
const item = (str: string, x: number, line: number, width = str.length * 5, dir = "ltr"): PdfTextItem => ({
  str,
  dir,
  transform: [10, 0, 0, 10, x, 760 - line * 12],
  width,
  height: 10,
});
const textOf = (items: PdfTextItem[]) =>
  buildLines(items, VIEWPORT).map(({ pieces }) => pieces.map(({ text }) => text).join(""));
const left = (line: number) => item(`the left column says number ${line} in here`, 40, line, 200);
const right = (line: number) => item(`and the right one goes on with ${line} there`, 300, line, 200);

describe("buildLines", () => {
  it("reads two columns one after the other when they were drawn line by line", () => {
    const items = [item("A title over both of the columns of this page", 40, 0, 460)];
    for (let line = 1; line <= 12; line += 1) items.push(left(line), right(line));
    const lines = textOf(items);
    expect(lines[0]).toContain("A title");
    expect(lines.slice(1, 13).every((line) => line.startsWith("the left"))).toBe(true);
    expect(lines.slice(13).every((line) => line.startsWith("and the right"))).toBe(true);
  });

  it("keeps the rows of a table together, however wide its gaps", () => {
    const items = [];
    for (let line = 0; line < 12; line += 1)
      items.push(item(`Part ${line}`, 40, line), item(`${line}.00`, 300, line));
    expect(textOf(items)[3]).toBe("Part 3 3.00");
  });

  it("puts a page in order that was drawn from below", () => {
    const items = Array.from({ length: 10 }, (_, index) =>
      item(`line ${9 - index} of the page`, 40, 9 - index),
    );
    expect(textOf(items)[0]).toBe("line 0 of the page");
    expect(textOf(items)[9]).toBe("line 9 of the page");
  });

  it("joins Arabic and Latin words with the space that their order needs, and mends turned letters", () => {
    const items = [
      item("تحسين اإلنتاجية", 300, 0, 60, "rtl"),
      item("Python", 250, 0, 45),
      item("من", 235, 0, 15, "rtl"),
    ];
    expect(textOf(items)).toEqual(["تحسين الإنتاجية Python من"]);
  });
});
