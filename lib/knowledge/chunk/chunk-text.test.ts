import { describe, expect, it } from "vitest";
import { coverGaps } from "../parse/cover-gaps.ts";
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
    expect(chunks.length).toBeGreaterThanOrEqual(5);
    expect(chunks.length).toBeLessThanOrEqual(9);
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
    const blocks = coverGaps(text, [], () => null);
    const chunks = chunkText({ text, headings, pages, blocks, hasPages: true });
    expect(chunks.map(({ page }) => page)).toEqual([1, 3]);
  });
});

describe("passages of structured text", () => {
  const rows = (count: number) =>
    Array.from(
      { length: count },
      (_, row) => `| Part ${row} | ${row}.50 EUR | held in hall ${row % 7} |`,
    ).join("\n");

  it("keeps the rows of a table whole and names its columns where it goes on", () => {
    const source = `Prices of spare parts:\n\n| Part | Price | Place |\n|---|---|---|\n${rows(90)}\n`;
    const chunks = markdown(source);
    expect(chunks.length).toBeGreaterThan(3);
    for (const [index, chunk] of chunks.entries()) {
      expect(chunk.text.endsWith("|")).toBe(true);
      if (index === 0) expect(chunk.text.startsWith("Prices of spare parts:")).toBe(true);
      else expect(chunk.text.startsWith("| Part")).toBe(true);
      expect(chunk.context).toBe(index === 0 ? null : "| Part | Price | Place |");
    }
  });

  it("keeps a list with the words that introduce it, and code in one piece", () => {
    const list = Array.from(
      { length: 8 },
      (_, index) => `- Step ${index} of the work is done with care`,
    ).join("\n");
    const code = Array.from({ length: 20 }, (_, index) => `const value${index} = read(${index});`).join("\n");
    const source = `${sentences(14)}\n\nDo this:\n\n${list}\n\n${sentences(14)}\n\n\`\`\`js\n${code}\n\`\`\`\n\n${sentences(14)}`;
    const chunks = markdown(source);
    expect(chunks.filter(({ text }) => text.includes("- Step"))).toHaveLength(1);
    expect(chunks.find(({ text }) => text.includes("- Step 0"))?.text).toContain("Do this:");
    expect(chunks.filter(({ text }) => text.includes("const value"))).toHaveLength(1);
  });

  it("makes passages of the size a collection asks for", () => {
    const source = Buffer.from(sentences(200));
    const meanWords = (targetWords: number) => {
      const chunks = chunkText(parseMarkdown(source), { targetWords });
      return chunks.reduce((sum, { text }) => sum + wordsOf(text), 0) / chunks.length;
    };
    expect(meanWords(80)).toBeGreaterThan(60);
    expect(meanWords(80)).toBeLessThan(100);
    expect(meanWords(400)).toBeGreaterThan(300);
    expect(meanWords(5)).toBeLessThan(60);
  });
});

describe("passages after a change", () => {
  const prose = (seed: number, count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        `Part ${seed} says in line ${index * 7 + seed} that ${"word ".repeat(((index * seed) % 9) + 3)}follows.`,
    );
  const changedIn = (before: string, after: string) => {
    const known = new Set(markdown(before).map(({ text }) => text));
    return markdown(after).filter(({ text }) => !known.has(text)).length;
  };

  it("stay as they were in other sections", () => {
    const section = (number: number) => `## Section ${number}\n\n${prose(number + 1, 40).join(" ")}`;
    const whole = Array.from({ length: 20 }, (_, number) => section(number));
    const edited = whole.with(3, `## Section 3\n\nA new beginning. ${prose(4, 40).slice(5).join(" ")}`);
    const before = markdown(whole.join("\n\n"));
    const own = before.filter(({ headingPath }) => headingPath[0] === "Section 3").length;
    expect(changedIn(whole.join("\n\n"), edited.join("\n\n"))).toBeLessThanOrEqual(own + 1);
  });

  it("stay as they were a few passages further on, in text without any heading or paragraph", () => {
    const lines = prose(3, 900);
    const total = markdown(lines.join(" ")).length;
    expect(total).toBeGreaterThan(40);
    for (const at of [10, 200, 450, 700]) {
      const edited = [...lines.slice(0, at), "Something was added here.", ...lines.slice(at)];
      expect(changedIn(lines.join(" "), edited.join(" "))).toBeLessThanOrEqual(10);
    }
  });

  it("stay as they were in a row of tiny sections", () => {
    const questions = Array.from(
      { length: 120 },
      (_, index) => `## Question ${index}\n\nAnswer ${index * 31} is given here.`,
    );
    const edited = ["## Another\n\nIt is new.", ...questions];
    expect(changedIn(questions.join("\n\n"), edited.join("\n\n"))).toBeLessThanOrEqual(5);
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
      context: null,
    };
    expect(indexedText("Manual", chunk)).toBe("Manual\nPump\nThe replaced seal, co-\nOp.");
    expect(indexedText("", { ...chunk, context: "Part | Price" })).toBe(
      "Manual > Pump\nPart | Price\nThe replaced seal, co-\nOp.",
    );
  });
});
