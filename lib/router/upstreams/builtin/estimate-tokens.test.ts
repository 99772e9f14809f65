import { describe, expect, it } from "vitest";
import { estimateTokens } from "./estimate-tokens.ts";

describe("estimateTokens", () => {
  it("counts nothing for nothing", () => {
    expect(estimateTokens("  \n")).toBe(0);
  });

  it("counts words by six letters begun, digits by three, punctuation by run", () => {
    expect(estimateTokens("pump")).toBe(1);
    expect(estimateTokens("replacement")).toBe(2);
    expect(estimateTokens("2026")).toBe(2);
    expect(estimateTokens("so...")).toBe(2);
  });

  it("counts each character of a script without spaces", () => {
    expect(estimateTokens("水泵")).toBe(2);
  });
});
