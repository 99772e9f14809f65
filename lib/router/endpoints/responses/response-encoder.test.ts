import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../http/read-json-body.ts";
import { createResponseEncoder } from "./response-encoder.ts";

const encode = (chunks: readonly JsonObject[], body: JsonObject = { model: "alias", input: "x" }) => {
  let count = 0;
  const kept: JsonObject[] = [];
  const encoder = createResponseEncoder(body, (items) => kept.push(...items), {
    newId: () => `${++count}`,
    now: () => 5_000,
  });
  const text = chunks.map((chunk) => encoder.chunk(chunk, JSON.stringify(chunk))).join("");
  return { encoder, text, kept };
};

const delta = (delta: JsonObject, finish_reason: string | null = null): JsonObject => ({
  id: "chatcmpl-1",
  created: 7,
  model: "upstream-model",
  choices: [{ index: 0, delta, finish_reason }],
});

const usage: JsonObject = {
  choices: [],
  usage: {
    prompt_tokens: 8,
    completion_tokens: 3,
    total_tokens: 11,
    prompt_tokens_details: { cached_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
};

/** The events of a text, after a check of what holds for every stream: names, numbers, order. */
const eventsOf = (text: string): (JsonObject & { type: string })[] =>
  text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event, index) => {
      const [name, data] = event.split("\n");
      const parsed = JSON.parse(String(data).replace(/^data: /, ""));
      expect(name).toBe(`event: ${parsed.type}`);
      expect(parsed.sequence_number).toBe(index);
      return parsed;
    });

const typesOf = (text: string) => eventsOf(text).map(({ type }) => type.replace(/^response\./, ""));
const lastOf = (text: string) => eventsOf(text).at(-1)?.response as JsonObject;

/** What the official SDK makes of the events before the last: it must be what the last one says. */
const accumulated = (text: string): Response => {
  const events = eventsOf(text) as unknown as ResponseStreamEvent[];
  return events
    .slice(0, -1)
    .reduce<Response | undefined>(
      (response, event) => accumulateResponse(event, response),
      undefined,
    ) as Response;
};

describe("an answer that is whole", () => {
  test("is told in OpenAI's order: created, item, part, deltas, and each of them closed", () => {
    const { encoder, text, kept } = encode([
      delta({ role: "assistant", content: "" }),
      delta({ content: "Hel" }),
      delta({ content: "lo" }),
      delta({}, "stop"),
      usage,
    ]);
    const whole = text + encoder.done();
    expect(typesOf(whole)).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    const message = {
      id: "msg_2",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }],
    };
    expect(lastOf(whole)).toMatchObject({
      id: "resp_1",
      object: "response",
      created_at: 7,
      model: "upstream-model",
      status: "completed",
      error: null,
      incomplete_details: null,
      output: [message],
      usage: {
        input_tokens: 8,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 11,
      },
    });
    expect(accumulated(whole).output).toEqual([message]);
    expect(kept).toEqual([message]);
  });

  test("begins with its reasoning, under either of its names", () => {
    for (const key of ["reasoning", "reasoning_content"]) {
      const { encoder, text } = encode([
        delta({ [key]: "Let me " }),
        delta({ [key]: "think." }),
        delta({ content: "Yes." }),
        delta({}, "stop"),
      ]);
      const whole = text + encoder.done();
      expect(typesOf(whole).slice(2, 9)).toEqual([
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
      ]);
      expect(lastOf(whole).output).toMatchObject([
        { type: "reasoning", summary: [{ type: "summary_text", text: "Let me think." }] },
        { type: "message", content: [{ text: "Yes." }] },
      ]);
      expect(accumulated(whole).output).toEqual(lastOf(whole).output);
    }
  });

  test("carries parallel calls whose fragments arrive interleaved", () => {
    const call = (index: number, more: JsonObject, args: string) => ({
      index,
      ...more,
      function: { ...(more.id === undefined ? {} : { name: "look_up" }), arguments: args },
    });
    const { encoder, text } = encode([
      delta({ content: "I look." }),
      delta({ tool_calls: [call(0, { id: "call_a", type: "function" }, "")] }),
      delta({ tool_calls: [call(1, { id: "call_b", type: "function" }, "")] }),
      delta({ tool_calls: [call(0, {}, '{"a"'), call(1, {}, '{"b"')] }),
      delta({ tool_calls: [call(1, {}, ":2}"), call(0, {}, ":1}")] }),
      delta({}, "tool_calls"),
    ]);
    const whole = text + encoder.done();
    expect(typesOf(whole).slice(8)).toEqual([
      "output_item.added",
      "output_item.added",
      ...Array.from({ length: 4 }, () => "function_call_arguments.delta"),
      "function_call_arguments.done",
      "output_item.done",
      "function_call_arguments.done",
      "output_item.done",
      "completed",
    ]);
    expect(lastOf(whole)).toMatchObject({
      status: "completed",
      output: [
        { type: "message" },
        { type: "function_call", call_id: "call_a", name: "look_up", arguments: '{"a":1}' },
        { type: "function_call", call_id: "call_b", name: "look_up", arguments: '{"b":2}' },
      ],
    });
    expect(accumulated(whole).output).toEqual(lastOf(whole).output);
  });

  test("tells calls apart that share an index, and gives those an id that have none", () => {
    const { encoder, text } = encode([
      delta({ tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] }),
      delta({ tool_calls: [{ id: "b", function: { name: "g", arguments: "{}" } }] }),
      delta({ tool_calls: [{ index: 1, function: { arguments: '{"x"' } }] }),
      delta({ tool_calls: [{ index: 1, function: { name: "h", arguments: ":1}" } }] }),
      delta({}, "tool_calls"),
    ]);
    expect(lastOf(text + encoder.done()).output).toMatchObject([
      { call_id: "a", name: "f" },
      { call_id: "b", name: "g" },
      { call_id: expect.stringMatching(/^call_/), name: "h", arguments: '{"x":1}' },
    ]);
  });

  test("keeps log probabilities and the results of a content filter", () => {
    const logprobs = { content: [{ token: "Hi", logprob: -0.1, top_logprobs: [] }] };
    const chunk = {
      ...delta({ content: "Hi" }),
      choices: [{ index: 0, delta: { content: "Hi" }, logprobs, content_filter_results: { hate: {} } }],
    };
    const { encoder, text } = encode([
      { choices: [], id: "", model: "", prompt_filter_results: [{ prompt_index: 0 }] },
      chunk,
      delta({}, "stop"),
    ]);
    const whole = text + encoder.done();
    const told = eventsOf(whole).find(({ type }) => type === "response.output_text.delta");
    expect(told?.logprobs).toEqual(logprobs.content);
    expect(lastOf(whole)).toMatchObject({
      model: "alias",
      prompt_filter_results: [{ prompt_index: 0 }],
      content_filter_results: { hate: {} },
      output: [{ content: [{ logprobs: logprobs.content }] }],
    });
  });

  test("may be a refusal after some text", () => {
    const { encoder, text } = encode([
      delta({ content: "Well. " }),
      delta({ refusal: "I " }),
      delta({ refusal: "won't." }),
      delta({}, "stop"),
    ]);
    const whole = text + encoder.done();
    expect(lastOf(whole).output).toMatchObject([
      {
        content: [
          { type: "output_text", text: "Well. " },
          { type: "refusal", refusal: "I won't." },
        ],
      },
    ]);
    expect(accumulated(whole).output).toEqual(lastOf(whole).output);
  });
});

describe("an answer that is not whole never ends as completed", () => {
  test.each([
    ["length", "max_output_tokens"],
    ["content_filter", "content_filter"],
  ])("%s makes it incomplete", (finish, reason) => {
    const { encoder, text, kept } = encode([delta({ content: "Hel" }), delta({}, finish)]);
    const whole = text + encoder.done();
    expect(typesOf(whole).at(-1)).toBe("incomplete");
    expect(lastOf(whole)).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason },
      output: [{ status: "incomplete" }],
    });
    expect(kept).toEqual([]);
  });

  test("an interruption is an error event and a failed response", () => {
    const { encoder, text } = encode([delta({ content: "Hel" })]);
    const whole = text + encoder.interrupted();
    expect(typesOf(whole).slice(-2)).toEqual(["error", "failed"]);
    expect(eventsOf(whole).at(-2)).toMatchObject({ code: "stream_interrupted", param: null });
    expect(lastOf(whole)).toMatchObject({
      status: "failed",
      error: { code: "stream_interrupted" },
      output: [{ status: "incomplete", content: [{ text: "Hel" }] }],
    });
  });

  test("an end without a finish reason, with one that means giving up, or with a call without a name is a failure", () => {
    const unnamed = delta({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] }, "tool_calls");
    for (const last of [delta({ content: "x" }), delta({}, "abort"), unnamed]) {
      const { encoder, text } = encode([delta({ content: "Hel" }), last]);
      expect(typesOf(text + encoder.done()).at(-1)).toBe("failed");
    }
  });

  test("an interruption before anything was said still is a stream that clients can read", () => {
    const { encoder } = encode([]);
    expect(typesOf(encoder.interrupted({ code: "c", message: "m" }))).toEqual([
      "created",
      "in_progress",
      "error",
      "failed",
    ]);
  });
});
