import { describe, expect, it } from "vitest";
import { draftOf, readDrafts } from "@/components/limits/limit-draft.ts";

describe("limits in a form", () => {
  it("come back as they were set: by default, none, or a number", () => {
    const set = { requestsPerMinute: 60, monthlyBudgetMicros: null };
    expect(draftOf(set)).toMatchObject({
      requestsPerMinute: { mode: "own", text: "60" },
      tokensPerMinute: { mode: "default" },
      monthlyBudgetMicros: { mode: "none" },
    });
    expect(readDrafts(draftOf(set))).toEqual(set);
    expect(readDrafts(draftOf(null))).toEqual({});
  });

  it("are not complete while a number is missing", () => {
    const drafts = { ...draftOf(null), tokensPerMinute: { mode: "own" as const, text: " " } };
    expect(readDrafts(drafts)).toBeNull();
  });
});
