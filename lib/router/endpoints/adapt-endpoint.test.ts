import { describe, expect, test } from "vitest";
import type { UpstreamConfig } from "../config/router-config.ts";
import { DEFAULT_TIMEOUTS } from "../config/router-config.ts";
import { adaptEndpoint } from "./adapt-endpoint.ts";
import { ResponseItemMemory } from "./responses/response-items.ts";

const upstream = (
  kind: "openai" | "ollama",
  responses: "native" | "mapped",
  completions: "native" | "mapped" = "native",
): UpstreamConfig => ({
  name: "up",
  kind,
  baseUrl: "http://127.0.0.1/v1",
  apiKey: undefined,
  apiVersion: undefined,
  streamUsage: true,
  metricsIntervalMs: 0,
  timeouts: DEFAULT_TIMEOUTS,
  responses,
  completions,
});
const builtin: UpstreamConfig = { name: "builtin", kind: "builtin", timeouts: DEFAULT_TIMEOUTS };

const completion = {
  id: "chatcmpl-1",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 4, completion_tokens: 2 },
};

describe("responses", () => {
  const body = { model: "m", input: "Well?", max_output_tokens: 9 };

  test("go as they are to an upstream that has them", () => {
    const adapter = adaptEndpoint("responses", body, upstream("openai", "native"));
    expect([adapter.endpoint, adapter.body]).toEqual(["responses", body]);
    const json = { output: [], usage: { input_tokens: 3, output_tokens: 1 } };
    expect([adapter.isReply(json), adapter.isReply(completion)]).toEqual([true, false]);
    expect(adapter.readUsage(json)).toEqual({ promptTokens: 3, cachedTokens: 0, completionTokens: 1 });
    expect(adapter.toClient(json)).toBeUndefined();
  });

  test("are chats for the others, with the name of the limit each server knows", () => {
    for (const [config, limit] of [
      [upstream("openai", "mapped"), { max_completion_tokens: 9 }],
      [upstream("ollama", "mapped"), { max_tokens: 9 }],
      [builtin, { max_completion_tokens: 9 }],
    ] as const) {
      const adapter = adaptEndpoint("responses", body, config);
      expect([adapter.endpoint, adapter.body]).toEqual([
        "chat/completions",
        { model: "m", messages: [{ role: "user", content: "Well?" }], ...limit },
      ]);
      expect(adapter.isReply(completion)).toBe(true);
      expect(adapter.toClient(completion)).toMatchObject({ object: "response", status: "completed" });
    }
  });

  test("leave their items to be named later, unless they are not to be stored", () => {
    const items = new ResponseItemMemory().of({ orgId: "o", userId: "u" });
    const idOf = (more: object) => {
      const adapter = adaptEndpoint("responses", { ...body, ...more }, builtin, items);
      const output = adapter.toClient(completion)?.output as { id: string }[];
      return output[0]?.id ?? "";
    };
    const second = (id: string) =>
      adaptEndpoint("responses", { ...body, input: [{ type: "item_reference", id }] }, builtin, items).body
        .messages;
    expect(second(idOf({}))).toEqual([{ role: "assistant", content: "Yes." }]);
    expect(() => second(idOf({ store: false }))).toThrow(/not found/);
  });
});

describe("completions", () => {
  test("go as they are where they exist, and expect an answer for each prompt and choice", () => {
    const adapter = adaptEndpoint(
      "completions",
      { prompt: ["a", "b"], n: 3 },
      upstream("openai", "mapped", "native"),
    );
    expect([adapter.endpoint, adapter.expectedChoices]).toEqual(["completions", 6]);
    const tokens = adaptEndpoint("completions", { prompt: [1, 2] }, upstream("openai", "mapped", "native"));
    expect(tokens.expectedChoices).toBe(1);
    expect(adapter.completionTokens({ choices: [{ text: "four" }, { text: "five" }] })).toBe(2);
  });

  test("are chats elsewhere", () => {
    const adapter = adaptEndpoint(
      "completions",
      { prompt: "a", n: 2 },
      upstream("openai", "mapped", "mapped"),
    );
    expect([adapter.endpoint, adapter.expectedChoices]).toEqual(["chat/completions", 2]);
    expect(adapter.toClient(completion)).toMatchObject({ object: "text_completion" });
  });
});

test("chats pass as they are; reasoning gets both its names", () => {
  const body = { messages: [], n: 2, stream_options: { include_usage: true } };
  const adapter = adaptEndpoint("chat/completions", body, builtin);
  expect(adapter.body).toBe(body);
  expect([adapter.expectedChoices, adapter.withUsage]).toEqual([2, true]);
  expect(adapter.toClient(completion)).toBeUndefined();
  expect(adapter.toClient({ choices: [{ message: { reasoning: "hm" } }] })).toEqual({
    choices: [{ message: { reasoning: "hm", reasoning_content: "hm" } }],
  });
  expect(adapter.readChunk({ error: { message: "no" } }).error).toEqual({ message: "no" });
});

test("embeddings and rankings are lists, and their usage is all prompt", () => {
  const embeddings = adaptEndpoint("embeddings", { input: "a" }, builtin);
  expect([embeddings.isReply({ data: [] }), embeddings.isReply({})]).toEqual([true, false]);
  const rerank = adaptEndpoint("rerank", { query: "a", documents: ["b"] }, builtin);
  expect([rerank.isReply({ results: [] }), rerank.isReply({ data: [] })]).toEqual([true, false]);
  expect(rerank.readUsage({ usage: { total_tokens: 7 } })).toEqual({
    promptTokens: 7,
    cachedTokens: 0,
    completionTokens: 0,
  });
  expect(rerank.readUsage({})).toBeUndefined();
});
