import { describe, expect, it } from "vitest";
import { AppError } from "../shared/errors.ts";
import { formatDataset, parseDataset } from "./parse-dataset.ts";

const line = (change: object = {}) =>
  JSON.stringify({
    id: "q01",
    question: "When was the pump replaced?",
    answer: "In May.",
    answerable: true,
    tags: ["dates"],
    expectedSources: [{ document: "log.pdf", page: 2, quote: "replaced in May" }],
    ...change,
  });

function errorOf(text: string): AppError {
  try {
    parseDataset(text);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error("The text was accepted.");
}

describe("parseDataset", () => {
  it("reads one question a line, with blank lines, a byte order mark and Windows line ends", () => {
    const items = parseDataset(`\uFEFF${line()}\r\n\r\n${line({ id: "q02", answer: null })}\r\n`);
    expect(items.map((item) => [item.id, item.answer])).toEqual([
      ["q01", "In May."],
      ["q02", null],
    ]);
  });

  it("names every faulty line and its field", () => {
    const error = errorOf(
      [line(), "{", line({ id: "q03", question: " " }), line({ colour: "red" })].join("\n"),
    );
    expect(error.code).toBe("dataset_invalid");
    expect(error.message).toContain("Line 2: not valid JSON.");
    expect(error.message).toContain('Line 3: "question"');
    expect(error.message).toMatch(/Line 4: .*colour/);
  });

  it("counts positions in lists from 1", () => {
    const expectedSources = [
      { document: "a", page: null, quote: "x" },
      { document: "b", page: 0, quote: "y" },
    ];
    expect(errorOf(line({ expectedSources })).message).toContain('"expectedSources[2].page"');
  });

  it("refuses an id that is used twice, naming both lines", () => {
    expect(errorOf(`${line()}\n${line()}`).message).toContain("Line 2: the id stands on line 1 already.");
  });

  it("refuses sources for a question that has no answer", () => {
    expect(errorOf(line({ answerable: false })).message).toContain(
      "an unanswerable question has no expected sources",
    );
  });

  it("refuses text that the database cannot store", () => {
    expect(errorOf(line({ answer: "a\u0000b" })).message).toMatch(/Line 1: .*not valid text/);
  });

  it("refuses a file without questions, one that is too large and one with too many questions", () => {
    expect(errorOf("\n \n").message).toContain("The file holds no questions.");
    expect(errorOf(" ".repeat(5_000_001)).code).toBe("dataset_too_large");
    const many = Array.from({ length: 1001 }, (_, index) => line({ id: `q${index}` })).join("\n");
    expect(errorOf(many).code).toBe("dataset_too_large");
  });

  it("shows eight errors and counts the others", () => {
    expect(errorOf(Array(11).fill("{").join("\n")).message).toMatch(
      /Line 8: not valid JSON\.\nAnd 3 more\.$/,
    );
  });
});

describe("formatDataset", () => {
  it("writes what it read, byte for byte", () => {
    const text = `${line()}\n${line({ id: "q02", answerable: false, expectedSources: [], tags: [] })}\n`;
    expect(formatDataset(parseDataset(text))).toBe(text);
  });
});
