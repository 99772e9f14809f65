import { describe, expect, it } from "vitest";
import { findProblems, isAnswerableByScores } from "./find-problems.ts";

const problemsOf = (scores: Parameters<typeof isAnswerableByScores>[0], errorCode: string | null = null) =>
  findProblems({ errorCode, scores });

describe("findProblems", () => {
  it("finds none when the answer is right, cited and found", () => {
    const scores = { "false-refusal": 0, "citation-validity": 1, "recall@10": 0.5, "citation-recall": 0.5 };
    expect(problemsOf(scores)).toEqual([]);
    expect(problemsOf({ rejection: 1 })).toEqual([]);
  });

  it("tells an error alone, since nothing else was measured", () => {
    expect(problemsOf({}, "model_timeout")).toEqual(["error"]);
  });

  it("tells a refusal and the missing passage, but not the citations a refusal cannot have", () => {
    expect(problemsOf({ "false-refusal": 1, "recall@10": 0, "citation-recall": 0 })).toEqual([
      "refused-answerable",
      "source-not-retrieved",
    ]);
  });

  it("tells an answer to an unanswerable question, a false quote and a source that was not cited", () => {
    expect(problemsOf({ rejection: 0, "citation-validity": 0.5 })).toEqual([
      "answered-unanswerable",
      "citation-invalid",
    ]);
    expect(problemsOf({ "false-refusal": 0, "citation-recall": 0, "recall@10": 1 })).toEqual([
      "source-not-cited",
    ]);
  });
});

describe("isAnswerableByScores", () => {
  it("reads it from the score that only one kind of question carries", () => {
    expect(isAnswerableByScores({ "false-refusal": 0 })).toBe(true);
    expect(isAnswerableByScores({ rejection: 1 })).toBe(false);
    expect(isAnswerableByScores({})).toBeNull();
  });
});
