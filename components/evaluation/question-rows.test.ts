import { describe, expect, it } from "vitest";
import { filterQuestions, sortQuestions } from "@/components/evaluation/question-rows.ts";
import type { RunItem } from "@/lib/evaluation/schema.ts";

const item = (ordinal: number, change: Partial<RunItem> = {}): RunItem => ({
  id: `id-${ordinal}`,
  externalId: `q${ordinal}`,
  ordinal,
  question: "?",
  answer: "",
  isAnswerable: true,
  errorCode: null,
  problems: [],
  scores: {},
  ...change,
});
const items = [
  item(0, { scores: { "ndcg@10": 0.5 } }),
  item(1, { problems: ["error"] }),
  item(2, { scores: { "ndcg@10": 0.9 } }),
  item(3, { scores: { "ndcg@10": 0.5 } }),
];
const ids = (rows: readonly RunItem[]) => rows.map((row) => row.externalId).join(" ");

describe("sortQuestions", () => {
  it("puts questions without the figure last in both directions and keeps the order of equal ones", () => {
    expect(ids(sortQuestions(items, { by: "ndcg@10", direction: "ascending" }))).toBe("q0 q3 q2 q1");
    expect(ids(sortQuestions(items, { by: "ndcg@10", direction: "descending" }))).toBe("q2 q0 q3 q1");
  });

  it("sorts by outcome and back to the order of the dataset", () => {
    const worstFirst = sortQuestions(items, { by: "problems", direction: "descending" });
    expect(ids(worstFirst)).toBe("q1 q0 q2 q3");
    expect(ids(sortQuestions(worstFirst, { by: "ordinal", direction: "ascending" }))).toBe("q0 q1 q2 q3");
  });
});

describe("filterQuestions", () => {
  it("keeps all, the failed or the changed questions", () => {
    expect(ids(filterQuestions(items, "all", new Set()))).toBe("q0 q1 q2 q3");
    expect(ids(filterQuestions(items, "failed", new Set()))).toBe("q1");
    expect(ids(filterQuestions(items, "changed", new Set(["q2"])))).toBe("q2");
  });
});
