import { describe, expect, it } from "vitest";
import { newId } from "../shared/ids.ts";
import { NOT_FOUND_ANSWER } from "../shared/prompt-contract.ts";
import { AnswerComposer, type ClaimChecker } from "./compose-answer.ts";
import type { SourceData } from "./schema.ts";

const VERSION_TEXT = "Preface. The pump was replaced in May. The valve was kept. Nobody objected.";

function source(number: number, start: number, end: number): SourceData {
  return {
    id: newId(),
    number,
    documentId: newId(),
    versionId: `version-${number}`,
    title: `Source ${number}`,
    mediaType: "text/plain",
    headingPath: [],
    page: 1,
    start,
    end,
    text: VERSION_TEXT.slice(start, end),
    score: 1,
  };
}

/** Supports a claim by the sentence of the passage that equals it, apart from markers. */
const checker: ClaimChecker = {
  findSupport(claim, passage) {
    const position = passage.text.indexOf(claim);
    if (position < 0) return { start: 0, end: 0, quote: "", verdict: "unsupported", score: 0 };
    const start = passage.start + position;
    return { start, end: start + claim.length, quote: claim, verdict: "supported", score: 1 };
  },
  splitSentences: (text) =>
    Array.from(text.matchAll(/[^.!?]+[.!?]*/g), (match) => ({
      start: match.index + (match[0].length - match[0].trimStart().length),
      end: match.index + match[0].trimEnd().length,
    })).filter(({ start, end }) => end > start),
  pageOf: () => 1,
};

function compose(text: string, sources = [source(1, 9, 58), source(2, 0, VERSION_TEXT.length)]) {
  const composer = new AnswerComposer(sources, checker);
  const chunks = [...text].flatMap((character) => composer.push(character));
  chunks.push(...composer.end());
  return { composer, chunks };
}

describe("AnswerComposer", () => {
  it("ties each marker to words that stand in the version at exactly the offsets given", () => {
    const { composer } = compose("The pump was replaced in May. [1] Nobody objected. [2]");
    expect(composer.text).toBe("The pump was replaced in May. [1] Nobody objected. [2]");
    for (const citation of composer.citations) {
      expect(VERSION_TEXT.slice(citation.start, citation.end)).toBe(citation.quote);
    }
    expect(composer.citations.map(({ quote }) => quote)).toEqual([
      "The pump was replaced in May.",
      "Nobody objected.",
    ]);
  });

  it("numbers evidence in the order of first appearance and gives the same words one number", () => {
    const { composer } = compose("Nobody objected. [2] The valve was kept. [2] Nobody objected. [2]");
    expect(composer.text).toBe("Nobody objected. [1] The valve was kept. [2] Nobody objected. [1]");
  });

  it("sends a citation before the number that points to it", () => {
    const { chunks } = compose("The valve was kept. [1]");
    const citationAt = chunks.findIndex((chunk) => chunk.type === "data-citation");
    const markerAt = chunks.findIndex((chunk) => chunk.type === "text-delta" && chunk.delta.includes("[1]"));
    expect(citationAt).toBeGreaterThanOrEqual(0);
    expect(markerAt).toBeGreaterThan(citationAt);
  });

  it("leaves out a marker that points to no source, and one whose source does not say so", () => {
    const { composer } = compose("The pump was replaced in May. [9] The moon is cheese. [1]");
    expect(composer.citations).toEqual([]);
    expect(composer.text).not.toMatch(/\[\d/);
    expect(composer.check().sentences.map(({ verdict }) => verdict)).toEqual(["unsupported", "unsupported"]);
  });

  it("marks each sentence by its own citation, wherever the others stand", () => {
    const { composer } = compose(
      "The pump was replaced in May. [1] The moon is cheese. Nobody objected. [2]",
    );
    const { sentences, isNotFound } = composer.check();
    expect(isNotFound).toBe(false);
    expect(sentences.map(({ verdict, markers }) => ({ verdict, markers }))).toEqual([
      { verdict: "supported", markers: [1] },
      { verdict: "unsupported", markers: [] },
      { verdict: "supported", markers: [2] },
    ]);
    expect(sentences.map(({ start, end }) => composer.text.slice(start, end))).toEqual([
      "The pump was replaced in May.",
      "The moon is cheese.",
      "Nobody objected.",
    ]);
  });

  it("knows the sentence that says the documents do not hold the answer", () => {
    expect(compose(NOT_FOUND_ANSWER).composer.check()).toEqual({ sentences: [], isNotFound: true });
  });

  it("makes no claim of a lead-in or a question", () => {
    const { composer } = compose("Is it new? Three things were done:");
    expect(composer.check().sentences).toEqual([]);
  });
});
