import { describe, expect, test } from "vitest";
import { ApiError } from "../../http/api-error.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import { chatToCompletion, createCompletionEncoder } from "./chat-to-completion.ts";
import { promptToChat } from "./prompt-to-chat.ts";

describe("a text completion asked of a chat model", () => {
  test("its prompt is the user's message; the other fields keep their meaning", () => {
    const chat = promptToChat({
      model: "m",
      prompt: ["Once"],
      max_tokens: 5,
      logprobs: 2,
      stop: ["x"],
      n: 2,
      seed: 1,
      stream: true,
      suffix: null,
      best_of: 1,
    });
    expect(chat).toEqual({
      model: "m",
      messages: [{ role: "user", content: "Once" }],
      max_completion_tokens: 5,
      logprobs: true,
      top_logprobs: 2,
      stop: ["x"],
      n: 2,
      seed: 1,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test.each([
    [{ prompt: ["a", "b"] }, "prompt"],
    [{ prompt: [1, 2] }, "prompt"],
    [{ prompt: [[1, 2]] }, "prompt"],
    [{ prompt: "a", suffix: "b" }, "suffix"],
    [{ prompt: "a", best_of: 3 }, "best_of"],
    [{ prompt: "a", echo: true, logprobs: 1 }, "logprobs"],
  ])("what no chat can do is refused by name: %j", (body, param) => {
    const refused = expect.objectContaining({
      status: 400,
      detail: expect.objectContaining({ param, code: "unsupported_parameter" }),
    });
    expect(() => promptToChat(body)).toThrow(ApiError);
    expect(() => promptToChat(body)).toThrow(refused);
  });
});

const base = { id: "chatcmpl-1", created: 7, model: "m" };

describe("the answer", () => {
  test("has the form of a text completion, with the prompt before it when that was asked for", () => {
    const reply = {
      ...base,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "upon" },
          logprobs: {
            content: [
              { token: "up", logprob: -1, top_logprobs: [{ token: "up", logprob: -1 }] },
              { token: "on", logprob: -2, top_logprobs: [] },
            ],
          },
          finish_reason: "stop",
          content_filter_results: {},
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
    expect(chatToCompletion(reply, { prompt: "Once " })).toEqual({
      ...base,
      id: "cmpl-1",
      object: "text_completion",
      choices: [
        {
          index: 0,
          text: "upon",
          logprobs: {
            tokens: ["up", "on"],
            token_logprobs: [-1, -2],
            top_logprobs: [{ up: -1 }, {}],
            text_offset: [0, 2],
          },
          finish_reason: "stop",
          content_filter_results: {},
        },
      ],
      usage: reply.usage,
    });
    const echoed = chatToCompletion(reply, { prompt: "Once ", echo: true });
    expect(echoed.choices).toMatchObject([{ text: "Once upon" }]);
  });

  const chunk = (index: number, delta: JsonObject, finish_reason: string | null = null) => ({
    ...base,
    object: "chat.completion.chunk",
    choices: [{ index, delta, finish_reason }],
  });
  const encode = (body: JsonObject, chunks: JsonObject[]) => {
    const encoder = createCompletionEncoder(body);
    const text = chunks.map((one) => encoder.chunk(one, "")).join("") + encoder.done();
    return text
      .split("\n\n")
      .filter((event) => event !== "")
      .map((event) => (event === "data: [DONE]" ? event : JSON.parse(event.slice(6))));
  };

  test("streams: text only, each choice for itself, then [DONE]", () => {
    const events = encode({ prompt: "Once ", echo: true }, [
      chunk(0, { role: "assistant", content: "" }),
      chunk(1, { reasoning: "hm" }),
      chunk(0, { content: "upon" }),
      chunk(1, { content: "more" }),
      chunk(0, {}, "stop"),
      chunk(1, {}, "length"),
      { ...base, choices: [], usage: { prompt_tokens: 1 } },
    ]);
    expect(events.at(-1)).toBe("data: [DONE]");
    const choices = events.slice(0, -1).flatMap((event) => event.choices);
    const textOf = (at: number) =>
      choices
        .filter(({ index }) => index === at)
        .map(({ text }) => text)
        .join("");
    expect([textOf(0), textOf(1)]).toEqual(["Once upon", "Once more"]);
    expect(choices.map(({ finish_reason }) => finish_reason).filter(Boolean)).toEqual(["stop", "length"]);
    expect(events.some((event) => event.usage !== undefined)).toBe(false);
  });

  test("streams usage when it was asked for, and an error in place of [DONE]", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const body = { prompt: "x", stream_options: { include_usage: true } };
    const events = encode(body, [chunk(0, { content: "a" }, "stop"), { ...base, choices: [], usage }]);
    expect(events.map((event) => event.usage)).toEqual([null, usage, undefined]);
    const broken = createCompletionEncoder(body).interrupted();
    expect(JSON.parse(broken.slice(6)).error.code).toBe("stream_interrupted");
  });
});
