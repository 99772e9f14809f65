import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  embedMany,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  Output,
  streamText,
  tool,
} from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_KEY, type TestRouter } from "../test-router.ts";
import {
  FIVE_TOKENS,
  IMAGE_BASE64,
  lastBody,
  PUMP_ANSWER,
  PUMP_QUESTION,
  PUMP_SOURCES,
  startClientRouter,
} from "./test-setup.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startClientRouter([
    "mock_n2_tool",
    "mock_n3_reasoning",
    "mock_n9_i5_end3",
    "mock_azf_n5",
    "mock_cf",
    "e429_ra10",
    "e500",
  ]);
});
afterAll(() => router.close());

const openai = (apiKey = TEST_KEY) => createOpenAI({ apiKey, baseURL: router.baseUrl });
const compatible = (apiKey = TEST_KEY) =>
  createOpenAICompatible({
    name: "vouch",
    apiKey,
    baseURL: router.baseUrl,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });

type MakeModel = (name: string, apiKey?: string) => LanguageModel;

const providers: readonly (readonly [name: string, make: MakeModel])[] = [
  ["@ai-sdk/openai, chat", (name, apiKey) => openai(apiKey).chat(name)],
  ["@ai-sdk/openai, its default: responses", (name, apiKey) => openai(apiKey)(name)],
  ["@ai-sdk/openai-compatible", (name, apiKey) => compatible(apiKey)(name)],
];

const inputSchema = jsonSchema<{ city: string }>({
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
});

const failureOf = async (call: PromiseLike<unknown>): Promise<APICallError> => {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (APICallError.isInstance(error)) return error;
  throw new Error("no APICallError", { cause: error });
};

describe.each(providers)("%s", (_name, make) => {
  for (const model of ["scripted-chat", "vouch-extractive-1"]) {
    test(`streams and gets whole text with usage from ${model}`, async () => {
      const call = { model: make(model), system: PUMP_SOURCES, prompt: PUMP_QUESTION };
      const streamed = streamText(call);
      expect(await streamed.text).toBe(PUMP_ANSWER);
      expect(await streamed.finishReason).toBe("stop");
      expect((await streamed.usage).outputTokens).toBeGreaterThan(0);
      const whole = await generateText(call);
      expect([whole.text, whole.finishReason]).toEqual([PUMP_ANSWER, "stop"]);
      expect(whole.usage.inputTokens).toBeGreaterThan(0);
    });
  }

  test("answers in a JSON schema, whole and streamed", async () => {
    const schema = jsonSchema<{ name: string; count: number }>({
      type: "object",
      properties: { name: { type: "string" }, count: { type: "integer", minimum: 3 } },
      required: ["name", "count"],
      additionalProperties: false,
    });
    const call = { model: make("mock_n5"), prompt: "x", output: Output.object({ schema }) };
    const expected = { name: "x", count: 3 };
    expect((await generateText(call)).output).toEqual(expected);
    expect(await streamText(call).output).toEqual(expected);
  });

  test("runs parallel tools and sends their results back, whole and streamed", async () => {
    for (const run of [
      async (call: Parameters<typeof generateText>[0]) => (await generateText(call)).text,
      (call: Parameters<typeof generateText>[0]) => streamText(call).text,
    ]) {
      const asked: string[] = [];
      const weather = tool({
        description: "Weather of a city",
        inputSchema,
        execute: ({ city }) => {
          asked.push(city);
          return "Sunny";
        },
      });
      const text = await run({
        model: make("mock_n2_tool"),
        prompt: "How is it?",
        tools: { weather },
        stopWhen: isStepCount(3),
      });
      expect(text).toBe("tok0 tok1 ");
      expect(asked).toEqual(["x", "x"]);
      expect(lastBody(router).messages).toMatchObject([
        { role: "user" },
        { role: "assistant", tool_calls: [{ id: "call_0" }, { id: "call_1" }] },
        { role: "tool", tool_call_id: "call_0", content: "Sunny" },
        { role: "tool", tool_call_id: "call_1", content: "Sunny" },
      ]);
    }
  });

  test("goes on with a conversation it had streamed before", async () => {
    const first = streamText({ model: make("mock_n3_reasoning"), prompt: "One?" });
    await first.consumeStream();
    const { messages } = await first.response;
    const second = await generateText({
      model: make("mock_n5"),
      messages: [{ role: "user", content: "One?" }, ...messages, { role: "user", content: "Two?" }],
    });
    expect(second.text).toBe(FIVE_TOKENS);
    expect(lastBody(router).messages).toMatchObject([
      { role: "user" },
      { role: "assistant", content: "tok0 tok1 tok2 " },
      { role: "user" },
    ]);
  });

  test("sends images", async () => {
    const image = { type: "file", data: IMAGE_BASE64, mediaType: "image/png" } as const;
    const { usage } = await generateText({
      model: make("mock_n5"),
      messages: [{ role: "user", content: [{ type: "text", text: "two words" }, image] }],
    });
    expect(usage.inputTokens).toBe(2 + 85);
    expect(lastBody(router).messages).toMatchObject([
      {
        content: [
          { type: "text" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE_BASE64}` } },
        ],
      },
    ]);
  });

  test("is not confused by Azure's filter results", async () => {
    const streamed = streamText({ model: make("mock_azf_n5"), prompt: "x" });
    expect([await streamed.text, await streamed.finishReason]).toEqual([FIVE_TOKENS, "stop"]);
  });

  test("raises typed errors: key, model, limit, filter, server", async () => {
    const call = (name: string, apiKey?: string) =>
      generateText({ model: make(name, apiKey), prompt: "x", maxRetries: 0 });
    expect((await failureOf(call("mock_n5", "vch_wrong"))).statusCode).toBe(401);
    expect((await failureOf(call("absent"))).statusCode).toBe(404);
    const limited = await failureOf(call("e429_ra10"));
    expect([limited.statusCode, limited.isRetryable]).toEqual([429, true]);
    const filtered = await failureOf(call("mock_cf"));
    expect([filtered.statusCode, filtered.isRetryable]).toEqual([400, false]);
    expect(filtered.responseBody).toContain("content_filter_result");
    expect((await failureOf(call("e500"))).statusCode).toBeGreaterThanOrEqual(500);
    const streamed: unknown[] = [];
    const stream = streamText({
      model: make("mock_cf"),
      prompt: "x",
      maxRetries: 0,
      onError: ({ error }) => {
        streamed.push(error);
      },
    });
    await stream.consumeStream();
    expect(streamed.map((error) => APICallError.isInstance(error) && error.statusCode)).toEqual([400]);
  });

  test("sees an error, not an end, when a stream breaks", async () => {
    const errors: unknown[] = [];
    const stream = streamText({
      model: make("mock_n9_i5_end3"),
      prompt: "x",
      maxRetries: 0,
      onError: ({ error }) => {
        errors.push(error);
      },
    });
    let text = "";
    for await (const part of stream.fullStream) {
      if (part.type === "text-delta") text += part.text;
      if (part.type === "finish") expect(part.finishReason).not.toBe("stop");
    }
    expect(text).toBe("tok0 tok1 tok2 ");
    expect(errors).toHaveLength(1);
  });
});

test("reasoning reaches callers of responses and of the compatible provider", async () => {
  for (const model of [openai()("mock_n3_reasoning"), compatible()("mock_n3_reasoning")]) {
    const whole = await generateText({ model, prompt: "x" });
    expect(whole.reasoningText).toBe("Let me think.");
    const streamed = streamText({ model, prompt: "x" });
    expect([await streamed.reasoningText, await streamed.text]).toEqual(["Let me think.", "tok0 tok1 tok2 "]);
  }
});

test("seeds, log probabilities and fields nobody knows reach the upstream", async () => {
  await generateText({
    model: compatible()("mock_n5"),
    prompt: "x",
    seed: 7,
    providerOptions: { vouch: { made_up_field: { deep: [1] } } },
  });
  expect(lastBody(router)).toMatchObject({ seed: 7, made_up_field: { deep: [1] } });
  for (const model of [openai().chat("mock_n5"), openai()("mock_n5")]) {
    const { providerMetadata } = await generateText({
      model,
      prompt: "x",
      providerOptions: { openai: { logprobs: true } },
    });
    expect(JSON.stringify(providerMetadata)).toContain('"token":"tok0 "');
    expect(lastBody(router).logprobs).toBe(true);
  }
});

test("native responses stream as well", async () => {
  const streamed = streamText({ model: openai()("native_n5"), prompt: "a b" });
  expect([await streamed.text, await streamed.finishReason]).toEqual([FIVE_TOKENS, "stop"]);
  expect((await streamed.usage).inputTokens).toBe(2);
  expect(router.upstream.ledger.entries.at(-1)?.path).toBe("/v1/responses");
});

test("text completions and embeddings work through both packages", async () => {
  for (const model of [openai().completion("mock_n5"), compatible().completionModel("chats_n5")]) {
    expect((await generateText({ model, prompt: "x" })).text).toBe(FIVE_TOKENS);
    expect(await streamText({ model, prompt: "x" }).text).toBe(FIVE_TOKENS);
  }
  for (const model of [openai().embedding("vouch-embed-1"), compatible().embeddingModel("scripted-embed")]) {
    const { embeddings } = await embedMany({ model, values: ["a pump", "a lease"] });
    expect(embeddings).toHaveLength(2);
  }
});
