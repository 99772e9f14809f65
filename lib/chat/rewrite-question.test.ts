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

  it("puts what a pronoun stands for in its place", () => {
    expect(rewriteQuestionByRules("Who approved it?", turns)).toEqual({
      question: "Who approved the coolant pump?",
      isRewritten: true,
    });
    const asked = [{ question: "Who approved the budget?", answer: "Maria Lopez approved the budget. [1]" }];
    expect(rewriteQuestionByRules("When did she join?", asked).question).toBe("When did Maria Lopez join?");
  });

  it("asks the last question again with one part changed", () => {
    expect(rewriteQuestionByRules("What about the second valve?", turns).question).toBe(
      "When was the second valve replaced?",
    );
    const revenue = [{ question: "What was the revenue of Acme in 2020?", answer: "4.1 million. [1]" }];
    for (const [part, whole] of [
      ["And in 2021?", "What was the revenue of Acme in 2021?"],
      ["2019?", "What was the revenue of Acme in 2019?"],
      ["What about Globex?", "What was the revenue of Globex in 2020?"],
      ["And the profit?", "What was the profit of Acme in 2020?"],
    ] as const) {
      expect(rewriteQuestionByRules(part, revenue)).toEqual({ question: whole, isRewritten: true });
    }
    expect(rewriteQuestionByRules("Why?", turns).question).toBe("Why was the coolant pump replaced?");
  });

  it("adds the last question in words where nothing can be put in its place", () => {
    expect(rewriteQuestionByRules("Tell me more.", turns).question).toBe(
      "Tell me more. (regarding: When was the coolant pump replaced)",
    );
  });

  it("leaves a new subject alone, also one that holds pronouns of its own", () => {
    for (const question of [
      "What did Albert Einstein do after he left Germany?",
      "What happens if a visitor loses their badge?",
      "Is it allowed to bring dogs to the office?",
      "Is there a canteen on the premises?",
      "So how does the billing cycle work for annual plans?",
    ]) {
      expect(rewriteQuestionByRules(question, turns)).toEqual({ question, isRewritten: false });
    }
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
    for (const rewriting of [refusal, ""]) {
      expect(acceptRewriting(rewriting, "Who approved it?", turns).question).toBe(
        "Who approved the coolant pump?",
      );
    }
  });
});
