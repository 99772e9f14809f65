import {
  AIMessage,
  type AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from "@langchain/openai";
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
    "mock_cf",
    "e429_ra10",
    "e500",
  ]);
});
afterAll(() => router.close());

const shared = (apiKey = TEST_KEY) => ({
  apiKey,
  maxRetries: 0,
  configuration: { baseURL: router.baseUrl },
});

type Interface = "chat completions" | "responses";

const chatOf = (api: Interface, model: string, more: object = {}) =>
  new ChatOpenAI({ ...shared(), model, useResponsesApi: api === "responses", ...more });

const gather = async (stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> => {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk;
  if (whole === undefined) throw new Error("nothing was streamed");
  return whole;
};

const lookUp = tool(async () => "Sunny", {
  name: "weather",
  description: "Weather of a city",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  },
});

const failureOf = async (call: Promise<unknown>): Promise<Error & { status?: number; code?: string }> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error("no error");
};

describe.each<Interface>(["chat completions", "responses"])("ChatOpenAI over %s", (api) => {
  for (const model of ["scripted-chat", "vouch-extractive-1"]) {
    test(`gets whole and streamed text with usage from ${model}`, async () => {
      const messages = [new SystemMessage(PUMP_SOURCES), new HumanMessage(PUMP_QUESTION)];
      const whole = await chatOf(api, model).invoke(messages);
      expect(whole.text).toBe(PUMP_ANSWER);
      expect(whole.usage_metadata?.output_tokens).toBeGreaterThan(0);
      const streamed = await gather(await chatOf(api, model).stream(messages));
      expect(streamed.text).toBe(PUMP_ANSWER);
      expect(streamed.usage_metadata).toMatchObject({
        input_tokens: whole.usage_metadata?.input_tokens,
        output_tokens: whole.usage_metadata?.output_tokens,
      });
    });
  }

  test("calls tools in parallel, streamed and not, and sends their results back", async () => {
    const model = chatOf(api, "mock_n2_tool").bindTools([lookUp]);
    const question = new HumanMessage("How is it?");
    const calls = [
      { id: "call_0", name: "weather", args: { city: "x" } },
      { id: "call_1", name: "weather", args: { city: "x" } },
    ];
    const whole = await model.invoke([question]);
    expect(whole.tool_calls).toMatchObject(calls);
    const streamed = await gather(await model.stream([question]));
    expect(streamed.tool_calls).toMatchObject(calls);
    const results = ["call_0", "call_1"].map(
      (tool_call_id) => new ToolMessage({ content: "Sunny", tool_call_id }),
    );
    const answer = await model.invoke([question, whole, ...results]);
    expect(answer.text).toBe("tok0 tok1 ");
    expect(lastBody(router).messages).toMatchObject([
      { role: "user" },
      { role: "assistant", tool_calls: [{ id: "call_0" }, { id: "call_1" }] },
      { role: "tool", tool_call_id: "call_0", content: "Sunny" },
      { role: "tool", tool_call_id: "call_1", content: "Sunny" },
    ]);
  });

  test("answers in a JSON schema", async () => {
    const schema = {
      title: "thing",
      type: "object",
      properties: { name: { type: "string" }, count: { type: "integer", minimum: 3 } },
      required: ["name", "count"],
      additionalProperties: false,
    };
    const model = chatOf(api, "mock_n5").withStructuredOutput(schema, { method: "jsonSchema" });
    expect(await model.invoke("x")).toEqual({ name: "x", count: 3 });
  });

  test("sends images and what its caller adds to the request", async () => {
    const url = `data:image/png;base64,${IMAGE_BASE64}`;
    const model = chatOf(api, "mock_n5", { modelKwargs: { seed: 7, made_up_field: { deep: [1] } } });
    const answer = await model.invoke([
      new HumanMessage({
        content: [
          { type: "text", text: "two words" },
          { type: "image_url", image_url: { url } },
        ],
      }),
    ]);
    expect(answer.usage_metadata?.input_tokens).toBe(2 + 85);
    expect(lastBody(router)).toMatchObject({
      seed: 7,
      made_up_field: { deep: [1] },
      messages: [{ content: [{ type: "text" }, { type: "image_url", image_url: { url } }] }],
    });
  });

  test("goes on with a conversation", async () => {
    const first = await chatOf(api, "mock_n3_reasoning").invoke("One?");
    const second = await chatOf(api, "mock_n5").invoke([
      new HumanMessage("One?"),
      first,
      new AIMessage("And more."),
      new HumanMessage("Two?"),
    ]);
    expect(second.text).toBe(FIVE_TOKENS);
    expect(lastBody(router).messages).toMatchObject([
      { role: "user", content: "One?" },
      { role: "assistant", content: "tok0 tok1 tok2 " },
      { role: "assistant", content: "And more." },
      { role: "user", content: "Two?" },
    ]);
  });

  test("raises errors with their status: key, model, limit, filter, server", async () => {
    const call = (model: string, more: object = {}) => failureOf(chatOf(api, model, more).invoke("x"));
    expect((await call("mock_n5", { apiKey: "vch_wrong" })).status).toBe(401);
    expect((await call("absent")).status).toBe(404);
    expect((await call("e429_ra10")).status).toBe(429);
    expect(await call("mock_cf")).toMatchObject({ status: 400, code: "content_filter" });
    expect((await call("e500")).status).toBeGreaterThanOrEqual(500);
  });

  test("raises an error when a stream breaks", async () => {
    const stream = await chatOf(api, "mock_n9_i5_end3").stream("x");
    expect((await failureOf(gather(stream))).code).toBe("stream_interrupted");
  });
});

test("several choices and log probabilities come through chat completions", async () => {
  const model = chatOf("chat completions", "mock_n5", { n: 2, logprobs: true });
  const { generations } = await model.generate([[new HumanMessage("x")]]);
  expect(generations[0]?.map(({ text }) => text)).toEqual([FIVE_TOKENS, FIVE_TOKENS.replaceAll(" ", "c1 ")]);
  expect(generations[0]?.[0]?.generationInfo?.logprobs?.content).toHaveLength(5);
});

test("reasoning is told by responses", async () => {
  const streamed = await gather(await chatOf("responses", "mock_n3_reasoning").stream("x"));
  expect(streamed.contentBlocks).toMatchObject([
    { type: "reasoning", reasoning: "Let me think." },
    { type: "text", text: "tok0 tok1 tok2 " },
  ]);
});

test("native responses answer as well", async () => {
  const streamed = await gather(await chatOf("responses", "native_n5").stream("a b"));
  expect(streamed.text).toBe(FIVE_TOKENS);
  expect(router.upstream.ledger.entries.at(-1)?.path).toBe("/v1/responses");
});

test("text completions and embeddings work", async () => {
  for (const model of ["mock_n5", "chats_n5"]) {
    const completions = new OpenAI({ ...shared(), model });
    expect(await completions.invoke("x")).toBe(FIVE_TOKENS);
    let text = "";
    for await (const piece of await completions.stream("x")) text += piece;
    expect(text).toBe(FIVE_TOKENS);
  }
  for (const [model, dimensions] of [
    ["vouch-embed-1", 384],
    ["scripted-embed", 64],
  ] as const) {
    const embeddings = new OpenAIEmbeddings({ ...shared(), model });
    const [one, two] = await embeddings.embedDocuments(["a pump", "a lease"]);
    expect(one).toHaveLength(dimensions);
    expect(two).toHaveLength(dimensions);
  }
});
