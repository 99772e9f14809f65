import { describe, expect, test } from "vitest";
import { readChunk, readUsage } from "./read-chunk.ts";

const chunk = (delta: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});

describe("a chunk", () => {
  test("is output when it carries text, reasoning, a refusal, a tool call or a finish, and start-up otherwise", () => {
    const outputs = [
      chunk({ content: "x" }),
      chunk({ reasoning: "x" }),
      chunk({ reasoning_content: "x" }),
      chunk({ refusal: "x" }),
      chunk({ tool_calls: [{ index: 0 }] }),
      chunk({}, "stop"),
    ];
    const startUps = [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: null }),
      { choices: [], prompt_filter_results: [{}] },
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
      {},
      { choices: "none" },
      { choices: [null, 4] },
    ];
    expect(outputs.map((one) => readChunk(one).isOutput)).toEqual(outputs.map(() => true));
    expect(startUps.map((one) => readChunk(one).isOutput)).toEqual(startUps.map(() => false));
  });

  test("counts one token a delta, and four characters a token when a delta gathers several", () => {
    expect(readChunk(chunk({ content: "understanding " })).deltaTokens).toBe(1);
    expect(readChunk(chunk({ content: "x".repeat(100) })).deltaTokens).toBe(25);
    expect(readChunk(chunk({ reasoning: "a", reasoning_content: "a" })).deltaTokens).toBe(1);
  });
});

test("usage is read tolerantly, and cached tokens never exceed the prompt's", () => {
  expect(
    readUsage({ prompt_tokens: 5, completion_tokens: null, prompt_tokens_details: { cached_tokens: 9 } }),
  ).toEqual({
    promptTokens: 5,
    cachedTokens: 5,
    completionTokens: 0,
  });
  for (const nothing of [null, undefined, 3, {}, { prompt_tokens: "5" }, { prompt_tokens: Number.NaN }]) {
    expect(readUsage(nothing)).toBeUndefined();
  }
});
