import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postRaw } from "../test-client.ts";
import { TEST_KEY, type TestRouter } from "../test-router.ts";
import {
  apiErrorOf,
  FIVE_TOKENS,
  IMAGE_BASE64,
  lastBody,
  PUMP_ANSWER,
  PUMP_QUESTION,
  PUMP_SOURCES,
  startClientRouter,
} from "./test-setup.ts";

let router: TestRouter;
let client: OpenAI;

beforeAll(async () => {
  router = await startClientRouter([
    "mock_n2_tool",
    "mock_n3_reasoning",
    "mock_n9_i5_end3",
    "mock_n5_cff",
    "mock_n5_noUsage",
  ]);
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

const weather = {
  type: "function",
  name: "weather",
  description: "Weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false,
} as const;

describe("mapped to chat completions", () => {
  for (const model of ["scripted-chat", "vouch-extractive-1"]) {
    test(`${model} answers whole and streamed alike`, async () => {
      const body = { model, instructions: PUMP_SOURCES, input: PUMP_QUESTION };
      const whole = await client.responses.create(body);
      expect([whole.output_text, whole.status]).toEqual([PUMP_ANSWER, "completed"]);
      expect(whole.usage?.output_tokens).toBeGreaterThan(0);
      const streamed = await client.responses.stream(body).finalResponse();
      expect([streamed.output_text, streamed.status]).toEqual([PUMP_ANSWER, "completed"]);
      expect(streamed.usage).toEqual(whole.usage);
    });
  }

  test("the events come in OpenAI's order and with their names", async () => {
    const raw = await postRaw(`${router.baseUrl}/responses`, { model: "mock_n5", input: "x", stream: true });
    expect(raw.headers["content-type"]).toMatch(/^text\/event-stream/);
    const types = raw.events.map((data) => JSON.parse(data).type);
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      ...Array.from({ length: 5 }, () => "response.output_text.delta"),
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(raw.text.match(/^event: .*$/gm)).toEqual(types.map((type) => `event: ${type}`));
    expect(raw.text).not.toContain("[DONE]");
  });

  test("usage tells cached and reasoning tokens apart, and is null when the upstream told none", async () => {
    const input = "one two three four";
    const { usage } = await client.responses.create({ model: "mock_n3_reasoning", input });
    expect(usage).toEqual({
      input_tokens: 4,
      input_tokens_details: { cached_tokens: 1 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 9,
    });
    const silent = await client.responses.create({ model: "mock_n5_noUsage", input });
    expect(silent.usage).toBeNull();
  });

  test("reasoning comes as a summary", async () => {
    const { output } = await client.responses.create({ model: "mock_n3_reasoning", input: "x" });
    const expected = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "Let me think." }] },
      { type: "message" },
    ];
    expect(output).toMatchObject(expected);
    const stream = client.responses.stream({ model: "mock_n3_reasoning", input: "x" });
    let thoughts = "";
    stream.on("response.reasoning_summary_text.delta", ({ delta }) => {
      thoughts += delta;
    });
    expect((await stream.finalResponse()).output).toMatchObject(expected);
    expect(thoughts).toBe("Let me think.");
  });

  test("parallel calls stream, and their results can be sent back", async () => {
    const asked = { role: "user", content: "How is it?" } as const;
    const first = await client.responses
      .stream({ model: "mock_n2_tool", input: [asked], tools: [weather] })
      .finalResponse();
    const calls = first.output.filter((item) => item.type === "function_call");
    expect(calls.map(({ name, arguments: given }) => [name, given])).toEqual([
      ["weather", '{"city":"x"}'],
      ["weather", '{"city":"x"}'],
    ]);
    const second = await client.responses.create({
      model: "mock_n2_tool",
      tools: [weather],
      input: [
        asked,
        ...calls,
        ...calls.map(({ call_id }) => ({
          type: "function_call_output" as const,
          call_id,
          output: "Sunny",
        })),
      ],
    });
    expect(second.output_text).toBe("tok0 tok1 ");
    expect(lastBody(router).messages).toMatchObject([
      { role: "user" },
      { role: "assistant", tool_calls: [{ id: "call_0" }, { id: "call_1" }] },
      { role: "tool", tool_call_id: "call_0", content: "Sunny" },
      { role: "tool", tool_call_id: "call_1", content: "Sunny" },
    ]);
  });

  test("an answer in a JSON schema is parsed by the SDK", async () => {
    const schema = { type: "object", properties: { count: { type: "integer", minimum: 3 } } };
    const response = await client.responses.parse({
      model: "mock_n5",
      input: "x",
      text: { format: { type: "json_schema", name: "thing", schema, strict: true } },
    });
    expect(response.output_parsed).toEqual({ count: 3 });
    expect(lastBody(router).response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "thing", schema, strict: true },
    });
  });

  test("images, log probabilities, seeds and unknown fields pass", async () => {
    const image_url = `data:image/png;base64,${IMAGE_BASE64}`;
    const content = [
      { type: "input_text", text: "What is it?" },
      { type: "input_image", image_url, detail: "low" },
    ] as const;
    const body: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
      model: "mock_n5",
      input: [{ role: "user", content: [...content] }],
      include: ["message.output_text.logprobs"],
    };
    const response = await client.responses.create({ ...body, seed: 7, made_up_field: [1] } as typeof body);
    const [part] = response.output.flatMap((item) => (item.type === "message" ? item.content : []));
    expect(part).toMatchObject({ text: FIVE_TOKENS, logprobs: [{ token: "tok0 " }, {}, {}, {}, {}] });
    expect(lastBody(router)).toMatchObject({
      logprobs: true,
      seed: 7,
      made_up_field: [1],
      messages: [
        {
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: image_url, detail: "low" } },
          ],
        },
      ],
    });
  });

  test("an item of an earlier response can be named by its id", async () => {
    const first = await client.responses.create({ model: "mock_n5", input: "x" });
    const id = first.output[0]?.id ?? "";
    const input = [{ type: "item_reference", id } as const, { role: "user", content: "Go on." } as const];
    await client.responses.create({ model: "mock_n5", input });
    expect(lastBody(router).messages).toEqual([
      { role: "assistant", content: FIVE_TOKENS },
      { role: "user", content: "Go on." },
    ]);
  });

  test("a content filter makes a response incomplete", async () => {
    const body = { model: "mock_n5_cff", input: "x" };
    const incomplete = { status: "incomplete", incomplete_details: { reason: "content_filter" } };
    expect(await client.responses.create(body)).toMatchObject(incomplete);
    expect(await client.responses.stream(body).finalResponse()).toMatchObject(incomplete);
  });

  test("a stream that breaks raises an error and never completes", async () => {
    const raw = await postRaw(`${router.baseUrl}/responses`, {
      model: "mock_n9_i5_end3",
      input: "x",
      stream: true,
    });
    const types = raw.events.map((data) => JSON.parse(data).type);
    expect(types.slice(-2)).toEqual(["error", "response.failed"]);
    expect(types).not.toContain("response.completed");
    const error = await apiErrorOf(
      (async () => {
        const body = { model: "mock_n9_i5_end3", input: "x", stream: true } as const;
        for await (const _ of await client.responses.create(body));
      })(),
    );
    expect(error.code).toBe("stream_interrupted");
  });

  test("what no chat can do is refused by the name of the field", async () => {
    const base = { model: "mock_n5", input: "x" };
    for (const [more, param] of [
      [{ previous_response_id: "resp_1" }, "previous_response_id"],
      [{ background: true }, "background"],
      [{ tools: [{ type: "web_search" }] }, "tools[0].type"],
    ] as const) {
      const body = { ...base, ...more } as OpenAI.Responses.ResponseCreateParamsNonStreaming;
      const error = await apiErrorOf(client.responses.create(body));
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect([error.code, error.param]).toEqual(["unsupported_parameter", param]);
    }
  });
});

describe("native, where the upstream has responses of its own", () => {
  for (const model of ["native_n5", "azure_n5"]) {
    test(`${model} answers whole and streamed, asked for a response`, async () => {
      const body = { model, input: "a b", previous_response_id: null, made_up_field: 1 };
      const whole = await client.responses.create(body);
      expect([whole.output_text, whole.usage?.output_tokens]).toEqual([FIVE_TOKENS, 5]);
      const stream = client.responses.stream(body);
      expect((await stream.finalResponse()).output_text).toBe(FIVE_TOKENS);
      const seen = router.upstream.ledger.entries.at(-1);
      expect(seen?.path).toMatch(/\/v1\/responses$/);
      expect(seen?.body).toMatchObject({ model: "mock_n5", input: "a b", made_up_field: 1 });
      expect(router.usage.at(-1)).toMatchObject({
        endpoint: "responses",
        promptTokens: 2,
        completionTokens: 5,
        usageEstimated: false,
      });
    });
  }

  test("calls of functions stream", async () => {
    const stream = client.responses.stream({ model: "native_tool", input: "x", tools: [weather] });
    const { output } = await stream.finalResponse();
    const calls = output.filter((item) => item.type === "function_call");
    expect(calls.map(({ arguments: given }) => given)).toEqual(['{"city":"x"}', '{"city":"x"}']);
  });

  test("an incomplete response ends as one", async () => {
    const response = await client.responses.stream({ model: "native_cff", input: "x" }).finalResponse();
    expect(response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
    });
  });

  test("a stream that ends too early raises an error and never completes", async () => {
    const body = { model: "native_end3", input: "x", stream: true } as const;
    const raw = await postRaw(`${router.baseUrl}/responses`, body);
    const events = raw.events.map((data) => JSON.parse(data));
    expect(events.slice(-2).map(({ type }) => type)).toEqual(["error", "response.failed"]);
    expect(events.map(({ type }) => type)).not.toContain("response.completed");
    expect((await apiErrorOf(readAll(client.responses.create(body)))).code).toBe("stream_interrupted");
  });
});

async function readAll(stream: PromiseLike<AsyncIterable<unknown>>): Promise<void> {
  for await (const _ of await stream);
}
