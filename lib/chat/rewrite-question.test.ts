import { describe, expect, it } from "vitest";
import { acceptRewriting, isFollowUp, rewriteQuestionByRules } from "./rewrite-question.ts";

const turns = [{ question: "When was the coolant pump replaced?", answer: "It was replaced on 3 May 2024." }];

describe("rewriteQuestionByRules", () => {
  it("leaves a question that stands alone as it is", () => {
    for (const question of [
      "When was the coolant pump replaced?",
      "Who approved the maintenance budget for 2024?",
      "How do I share a conversation?",
    ]) {
      expect(rewriteQuestionByRules(question, turns)).toEqual({ question, isRewritten: false });
    }
  });

  it("adds the subject of the last question to one that points back", () => {
    expect(rewriteQuestionByRules("Who approved it?", turns)).toEqual({
      question: "Who approved it? (regarding: When was the coolant pump replaced)",
      isRewritten: true,
    });
    expect(rewriteQuestionByRules("Why?", turns).question).toContain("coolant pump");
  });

  it("asks the last question again of another subject", () => {
    expect(rewriteQuestionByRules("What about the second valve?", turns).question).toBe(
      "The second valve? (regarding: When was the coolant pump replaced)",
    );
  });

  it("keeps the first subject through a chain of follow-ups without growing for ever", () => {
    let question = "When was the coolant pump replaced?";
    const past = [{ question, answer: "In May." }];
    for (let turn = 0; turn < 20; turn += 1) {
      question = rewriteQuestionByRules("And who paid for it?", past).question;
      past.push({ question, answer: "The owner." });
    }
    expect(question).toContain("coolant pump");
    expect(question.length).toBeLessThan(500);
  });

  it("has nothing to add to a first question, however short", () => {
    expect(rewriteQuestionByRules("Why?", [])).toEqual({ question: "Why?", isRewritten: false });
  });
});

describe("isFollowUp", () => {
  it("stays fast on long input", () => {
    expect(isFollowUp(`and ${"it ".repeat(20_000)}`)).toBeTypeOf("boolean");
  });
});

describe("acceptRewriting", () => {
  it("takes a rewriting made of words of the conversation", () => {
    expect(
      acceptRewriting("Who approved the replacement of the coolant pump?", "Who approved it?", turns),
    ).toEqual({
      question: "Who approved the replacement of the coolant pump?",
      isRewritten: true,
    });
  });

  it("falls back to the rules when the model answers instead of rewriting", () => {
    const refusal = "I could not find an answer to this in the documents.";
    expect(acceptRewriting(refusal, "Who approved it?", turns).question).toContain("(regarding:");
    expect(acceptRewriting("", "Who approved it?", turns).question).toContain("(regarding:");
  });
});
