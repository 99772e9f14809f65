import { describe, expect, test } from "vitest";
import type { JsonObject } from "../http/read-json-body.ts";
import { readChunk } from "../stream/read-chunk.ts";
import { StreamTally } from "../stream/stream-tally.ts";
import { AnswerCollector } from "./answer-collector.ts";
import { isStorable } from "./is-storable.ts";
import { replayAnswer } from "./replay-answer.ts";

const usage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 };
const answer = (message: JsonObject, choice: JsonObject = {}): JsonObject => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "small-2026",
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...choice }],
  usage,
});

function collect(chunks: readonly JsonObject[]): JsonObject | undefined {
  const collector = new AnswerCollector();
  for (const chunk of chunks) collector.add(chunk);
  return collector.whole();
}

const text = "The pump was replaced in May. 泵在五月更换。🙂".repeat(20);

describe("a stored answer that is streamed", () => {
  test("has role, pieces of text, finish and usage, in this order", () => {
    const chunks = replayAnswer(answer({ content: text }), { withUsage: true });
    const choices = chunks.flatMap((chunk) => chunk.choices as JsonObject[]);
    expect(choices[0]?.delta).toEqual({ role: "assistant", content: "" });
    expect(
      choices
        .slice(1, -1)
        .map((choice) => (choice.delta as JsonObject).content)
        .join(""),
    ).toBe(text);
    expect(choices.length).toBeGreaterThan(10);
    expect(choices.slice(0, -1).every((choice) => choice.finish_reason === null)).toBe(true);
    expect(choices.at(-1)).toEqual({ index: 0, delta: {}, finish_reason: "stop" });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage, object: "chat.completion.chunk" });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.model} ${chunk.created}`)).size).toBe(1);
  });

  test("has no usage when nobody asked for it", () => {
    const chunks = replayAnswer(answer({ content: "May." }), { withUsage: false });
    expect(chunks.some((chunk) => "usage" in chunk)).toBe(false);
  });

  test("is whole for the router's own reader", () => {
    const tally = new StreamTally(1);
    for (const chunk of replayAnswer(answer({ content: text }), { withUsage: true }))
      tally.add(readChunk(chunk));
    expect(tally.isWhole).toBe(true);
    expect(tally.usage).toMatchObject({ promptTokens: 9, completionTokens: 5 });
  });

  test("never cuts a character in two", () => {
    const chunks = replayAnswer(answer({ content: "🙂".repeat(200) }), { withUsage: false });
    const texts = chunks.map((chunk) => JSON.stringify(chunk));
    expect(texts.some((written) => /\\ud[89a-f]/i.test(written))).toBe(false);
  });

  test.each([
    ["plain text", answer({ content: text })],
    ["reasoning", answer({ content: "May.", reasoning: "I think.", reasoning_content: "I think." })],
    [
      "log probabilities",
      answer({ content: "May." }, { logprobs: { content: [{ token: "May." }], refusal: null } }),
    ],
    [
      "Azure's filter results",
      {
        ...answer({ content: "May." }, { content_filter_results: { hate: { filtered: false } } }),
        prompt_filter_results: [{ prompt_index: 0 }],
      },
    ],
  ])("and put together again is the answer it was: %s", (_what, stored) => {
    expect(collect(replayAnswer(stored, { withUsage: true }))).toEqual(stored);
  });

  test("keeps two choices apart", () => {
    const two = answer({ content: "one" });
    two.choices = [
      ...(two.choices as JsonObject[]),
      { index: 1, message: { role: "assistant", content: "two" }, finish_reason: "stop" },
    ];
    expect(collect(replayAnswer(two, { withUsage: true }))).toEqual(two);
  });
});

describe("a streamed answer is not kept", () => {
  const delta = (written: JsonObject): JsonObject => ({ choices: [{ index: 0, delta: written }] });

  test("when it calls a tool", () => {
    expect(collect([delta({ tool_calls: [{ index: 0 }] }), delta({ content: "x" })])).toBeUndefined();
  });

  test("when it is too long", () => {
    const collector = new AnswerCollector(10);
    for (let index = 0; index < 5; index += 1) collector.add(delta({ content: "four" }));
    expect(collector.whole()).toBeUndefined();
  });

  test("when somebody gave it up, whatever comes after", () => {
    const collector = new AnswerCollector();
    collector.add(delta({ content: "x" }));
    collector.giveUp();
    collector.add(delta({ content: "y" }));
    expect(collector.whole()).toBeUndefined();
  });

  test("when it stopped without a finish", () => {
    const cut = collect([delta({ role: "assistant" }), delta({ content: "The pump" })]);
    expect(cut !== undefined && isStorable(cut, "chat/completions", {})).toBe(false);
  });
});

describe("an answer may be stored", () => {
  const chat = (message: JsonObject, choice: JsonObject = {}, body: JsonObject = {}) =>
    isStorable(answer(message, choice), "chat/completions", body);

  test("when every choice ended by itself", () => {
    expect(chat({ content: "May." })).toBe(true);
    expect(chat({ content: "May." }, {}, { n: 2 })).toBe(false);
    expect(
      isStorable({ choices: [{ text: "May.", finish_reason: "stop" }] }, "completions", { prompt: "x" }),
    ).toBe(true);
  });

  test.each(["length", "content_filter", "tool_calls", null, undefined])(
    "not when it ended with %s",
    (reason) => {
      expect(chat({ content: "May." }, { finish_reason: reason })).toBe(false);
    },
  );

  test.each([
    ["a refusal", { content: "No.", refusal: "No." }],
    ["a tool call", { content: "May.", tool_calls: [{ id: "1" }] }],
    ["nothing", { content: "" }],
    ["no text", { content: null }],
  ])("not when it is %s", (_what, message) => {
    expect(chat(message)).toBe(false);
  });

  test("not when it does not name its usage, which a stream may be asked for", () => {
    const { usage: _, ...bare } = answer({ content: "May." });
    expect(isStorable(bare, "chat/completions", {})).toBe(false);
  });

  test("not when lists are short or an error is inside", () => {
    expect(isStorable({ data: [{}] }, "embeddings", { input: ["a", "b"] })).toBe(false);
    expect(isStorable({ data: [{}, {}] }, "embeddings", { input: ["a", "b"] })).toBe(true);
    expect(isStorable({ data: [{}] }, "embeddings", { input: [1, 2, 3] })).toBe(true);
    expect(isStorable({ results: [] }, "rerank", {})).toBe(false);
    expect(
      isStorable({ ...answer({ content: "May." }), error: { message: "x" } }, "chat/completions", {}),
    ).toBe(false);
    expect(isStorable({ output: [] }, "responses", {})).toBe(false);
  });
});
