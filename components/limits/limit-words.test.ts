import { describe, expect, it } from "vitest";
import { fromFieldText, toFieldText, usageWords } from "@/components/limits/limit-words.ts";

describe("a limit in words", () => {
  it("sets what is taken against it, budgets in the currency of the prices", () => {
    expect(usageWords("requestsPerMinute", 12, 1000)).toBe("12 of 1,000");
    expect(usageWords("monthlyBudgetMicros", 1_234_567, 50_000_000)).toBe("1.23 of 50");
    expect(usageWords("monthlyBudgetMicros", 1_900, 10_000)).toBe("0.0019 of 0.01");
    expect(usageWords("monthlyBudgetMicros", 0, null)).toBe("0, no limit");
    expect(usageWords("concurrentStreams", null, null)).toBe("no limit");
  });
});

describe("a limit in a field", () => {
  it("comes back as it was written", () => {
    for (const [name, value] of [
      ["tokensPerMinute", 250_000],
      ["monthlyBudgetMicros", 12_500_000],
      ["monthlyBudgetMicros", 1],
      ["concurrentStreams", 0],
    ] as const) {
      const text = toFieldText(name, value);
      expect(fromFieldText(name, text)).toBe(value);
    }
  });

  it("is refused when it is no number one could mean", () => {
    for (const text of ["", "-1", "1.5", "ten", "1e3", "0x10"]) {
      expect(fromFieldText("requestsPerMinute", text)).toBeNull();
    }
    for (const text of ["", "-0.5", "1,5", "0.0000001"]) {
      expect(fromFieldText("monthlyBudgetMicros", text)).toBeNull();
    }
  });
});
