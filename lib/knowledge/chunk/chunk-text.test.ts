import { describe, expect, it } from "vitest";
import { parseMarkdown } from "../parse/text/parse-markdown.ts";
import { chunkText, indexedText } from "./chunk-text.ts";

const markdown = (source: string) => chunkText(parseMarkdown(Buffer.from(source)));
const sentences = (count: number, words = 12) =>
  Array.from({ length: count }, (_, index) => `Sentence ${index} ${"word ".repeat(words - 3)}ends.`).join(
    " ",
  );
const wordsOf = (text: string) => text.match(/\S+/g)?.length ?? 0;

describe("chunkText", () => {
  it("packs whole sentences into passages of about 200 words", () => {
    const source = sentences(100);
    const chunks = markdown(source);
    expect(chunks.length).toBe(6);
    for (const chunk of chunks) {
      expect(source.slice(chunk.start, chunk.end)).toBe(chunk.text);
      expect(chunk.text).toMatch(/^Sentence .* ends\.$/);
      expect(wordsOf(chunk.text)).toBeLessThanOrEqual(280);
    }
  });

  it("does not reach over a heading, and knows the headings above", () => {
    const chunks = markdown(
      `# Manual\n\n## Pump\n\n${sentences(10)}\n\n### Seal\n\n${sentences(8)}\n\n## Valve\n\n${sentences(9)}`,
    );
    expect(chunks.map((chunk) => chunk.headingPath)).toEqual([
      ["Manual", "Pump"],
      ["Manual", "Pump", "Seal"],
      ["Manual", "Valve"],
    ]);
    expect(chunks[1]?.text.startsWith("### Seal")).toBe(true);
    expect(chunks[1]?.text).not.toContain("Valve");
  });

  it("joins tiny sections instead of making passages of a line", () => {
    const chunks = markdown(`# Q and A\n\n## One\n\nYes.\n\n## Two\n\nNo.\n\n## Three\n\nPerhaps.`);
    expect(chunks).toHaveLength(1);
    expect(chunks[0]?.headingPath).toEqual(["Q and A"]);
  });

  it("cuts text without any sentence mark, never inside a character", () => {
    const chunks = [
      ...markdown("word ".repeat(1000)),
      ...markdown("\u{1F600}".repeat(2000)),
      ...markdown("x".repeat(5000)),
    ];
    for (const chunk of chunks) {
      expect(chunk.text.isWellFormed()).toBe(true);
      expect(wordsOf(chunk.text)).toBeLessThanOrEqual(300);
      expect(chunk.text.length).toBeLessThanOrEqual(3_000);
    }
    expect(chunks.length).toBeGreaterThan(8);
  });

  it("covers every word of any text, in order, and gives equal passages for equal text", () => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const parts = [
      "# H\n\n",
      "## I\n\n",
      "word ",
      "end. ",
      "\n\n",
      "- item\n",
      "| a | b |\n",
      "漢字。",
      "long".repeat(400),
    ];
    for (let round = 0; round < 20; round += 1) {
      const source = Array.from({ length: random(300) }, () => parts[random(parts.length)]).join("");
      const chunks = markdown(source);
      let last = 0;
      for (const chunk of chunks) {
        expect(source.slice(last, chunk.start).trim()).toBe("");
        expect(chunk.text).toBe(source.slice(chunk.start, chunk.end));
        last = chunk.end;
      }
      expect(source.slice(last).trim()).toBe("");
      expect(markdown(source)).toEqual(chunks);
    }
  });

  it("names the page on which a passage starts", () => {
    const text = `${sentences(18)}\n\n${sentences(18)}`;
    const middle = text.indexOf("\n\n") + 2;
    const pages = [
      { page: 1, start: 0, end: middle - 2, width: 1, height: 1, runs: [], label: null, isRecognised: false },
      {
        page: 2,
        start: middle - 2,
        end: middle - 2,
        width: 1,
        height: 1,
        runs: [],
        label: null,
        isRecognised: false,
      },
      {
        page: 3,
        start: middle,
        end: text.length,
        width: 1,
        height: 1,
        runs: [],
        label: null,
        isRecognised: false,
      },
    ];
    const headings = [{ start: middle, end: middle + 8, level: 1, title: "Second" }];
    expect(chunkText({ text, headings, pages, hasPages: true }).map(({ page }) => page)).toEqual([1, 3]);
  });
});

describe("indexedText", () => {
  it("puts title and headings in front and hyphenated words together", () => {
    const chunk = {
      start: 0,
      end: 0,
      page: null,
      headingPath: ["Manual", "Pump"],
      text: "The re-\nplaced seal, co-\nOp.",
    };
    expect(indexedText("Manual", chunk)).toBe("Manual\nPump\nThe replaced seal, co-\nOp.");
  });
});
