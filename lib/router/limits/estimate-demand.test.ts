import { describe, expect, it } from "vitest";
import type { ModelTarget } from "../config/router-config.ts";
import { ASSUMED_COMPLETION_TOKENS, estimateDemand } from "./estimate-demand.ts";

function target(price: ModelTarget["price"]): ModelTarget {
  return {
    upstream: {
      name: "a",
      kind: "builtin",
      timeouts: { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
    },
    upstreamModel: "m",
    weight: 1,
    price,
  };
}

const cheap = target({ input: 1, cachedInput: 0.5, output: 2 });
const dear = target({ input: 3, cachedInput: 1, output: 8 });
const context = {
  model: "m",
  targets: [cheap, dear],
  promptTokens: 100,
  hasCompletion: true,
  isStream: false,
};

describe("the most a request may take", () => {
  it("is its prompt and its bound at the dearest target", () => {
    expect(estimateDemand({ max_tokens: 50 }, context)).toMatchObject({
      promptTokens: 100,
      maxCompletionTokens: 50,
      isCompletionAssumed: false,
      costMicros: 100 * 3 + 50 * 8,
    });
  });

  it("goes by the newest name of the bound, and counts every answer asked for", () => {
    const body = { max_completion_tokens: 10, max_tokens: 99, n: 3 };
    expect(estimateDemand(body, context).maxCompletionTokens).toBe(30);
    expect(estimateDemand({ max_output_tokens: 7 }, context).maxCompletionTokens).toBe(7);
    expect(estimateDemand({ max_tokens: 5, n: 2, best_of: 4 }, context).maxCompletionTokens).toBe(20);
  });

  it("is a stated guess for an answer without a bound", () => {
    expect(estimateDemand({}, context)).toMatchObject({
      maxCompletionTokens: ASSUMED_COMPLETION_TOKENS,
      isCompletionAssumed: true,
    });
    expect(estimateDemand({}, { ...context, hasCompletion: false }).maxCompletionTokens).toBe(0);
  });

  it("is unknown money as soon as one target has no price", () => {
    const targets = [cheap, target(undefined)];
    expect(estimateDemand({}, { ...context, targets }).costMicros).toBeNull();
  });
});
