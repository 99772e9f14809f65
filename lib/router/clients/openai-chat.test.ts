import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOT_FOUND_ANSWER } from "../../shared/prompt-contract.ts";
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
let client: OpenAI;

beforeAll(async () => {
  router = await startClientRouter([
    "mock_n3_tool",
    "mock_n2_reasoning",
    "mock_n2_reasoningOld",
    "mock_azf_n2",
  ]);
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

const asking = (question: string): OpenAI.ChatCompletionMessageParam[] => [
  { role: "system", content: PUMP_SOURCES },
  { role: "user", content: question },
];

const lookUp = {
  type: "function",
  function: {
    name: "weather",
    description: "Weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
} as const;

describe("text", () => {
  for (const model of ["scripted-chat", "vouch-extractive-1"]) {
    test(`streams from ${model}, with one chunk of usage when asked for`, async () => {
      let text = "";
      const finishes: string[] = [];
      const usages: OpenAI.CompletionUsage[] = [];
      const stream = await client.chat.completions.create({
        model,
        messages: asking(PUMP_QUESTION),
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        const finish = chunk.choices[0]?.finish_reason;
        if (finish) finishes.push(finish);
        if (chunk.usage) usages.push(chunk.usage);
      }
      expect(text).toBe(PUMP_ANSWER);
      expect(finishes).toEqual(["stop"]);
      expect(usages).toHaveLength(1);
      expect(usages[0]?.completion_tokens).toBeGreaterThan(0);
    });

    test(`comes whole from ${model}, with a request id and who answered`, async () => {
      const { data, response } = await client.chat.completions
        .create({ model, messages: asking(PUMP_QUESTION) })
        .withResponse();
      expect(data.choices[0]?.message.content).toBe(PUMP_ANSWER);
      expect(data.usage?.total_tokens).toBeGreaterThan(0);
      expect(response.headers.get("x-request-id")).toBeTruthy();
      expect(response.headers.get("x-vouch-attempts")).toBe("1");
      expect(response.headers.get("x-vouch-upstream")).toBeTruthy();
    });
  }

  test("is refused by the scripted model when the sources do not hold it", async () => {
    const answer = await client.chat.completions.create({
      model: "scripted-chat",
      messages: asking("Who won yesterday?"),
    });
    expect(answer.choices[0]?.message.content).toBe(NOT_FOUND_ANSWER);
  });

  test("accumulates in the SDK's own stream helper", async () => {
    const stream = client.chat.completions.stream({ model: "mock_n5", messages: asking("x") });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe(FIVE_TOKENS);
  });
});

describe("options", () => {
  test("several choices come whole and streamed", async () => {
    const body = { model: "mock_n5", messages: asking("x"), n: 2 } as const;
    const whole = await client.chat.completions.create({ ...body, messages: [...body.messages] });
    expect(whole.choices.map(({ index }) => index)).toEqual([0, 1]);
    const texts = ["", ""];
    const stream = await client.chat.completions.create({
      ...body,
      messages: [...body.messages],
      stream: true,
    });
    for await (const chunk of stream) {
      for (const { index, delta } of chunk.choices) texts[index] += delta.content ?? "";
    }
    expect(texts).toEqual(whole.choices.map(({ message }) => message.content));
    expect(texts[0]).not.toBe(texts[1]);
  });

  test("log probabilities come whole and streamed", async () => {
    const body = { model: "mock_n5", messages: asking("x"), logprobs: true };
    const whole = await client.chat.completions.create(body);
    const tokens = whole.choices[0]?.logprobs?.content?.map(({ token }) => token);
    expect(tokens?.join("")).toBe(FIVE_TOKENS);
    const streamed: string[] = [];
    for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) {
      for (const { token } of chunk.choices[0]?.logprobs?.content ?? []) streamed.push(token);
    }
    expect(streamed).toEqual(tokens);
  });

  test("an answer in a JSON schema is parsed by the SDK", async () => {
    const schema = {
      type: "object",
      properties: { name: { type: "string" }, count: { type: "integer", minimum: 3 } },
      required: ["name", "count"],
      additionalProperties: false,
    };
    const completion = await client.chat.completions.parse({
      model: "mock_n5",
      messages: asking("x"),
      response_format: { type: "json_schema", json_schema: { name: "thing", schema, strict: true } },
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ name: "x", count: 3 });
    expect(lastBody(router).response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "thing", schema, strict: true },
    });
  });

  test("images reach the upstream as they were sent", async () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE_BASE64}` } } as const;
    const answer = await client.chat.completions.create({
      model: "mock_n5",
      messages: [{ role: "user", content: [{ type: "text", text: "two words" }, image] }],
    });
    expect(answer.usage?.prompt_tokens).toBe(2 + 85);
    expect(lastBody(router).messages).toEqual([
      { role: "user", content: [{ type: "text", text: "two words" }, image] },
    ]);
  });

  test("seeds and fields nobody knows reach the upstream", async () => {
    const body = { model: "mock_n5", messages: asking("x"), seed: 7, made_up_field: { deep: [1] } };
    await client.chat.completions.create(body);
    expect(lastBody(router)).toMatchObject({ seed: 7, made_up_field: { deep: [1] } });
  });

  test("reasoning comes under both of its names, from servers that use either", async () => {
    for (const model of ["mock_n2_reasoning", "mock_n2_reasoningOld"]) {
      const whole = await client.chat.completions.create({ model, messages: asking("x") });
      expect(whole.choices[0]?.message).toMatchObject({
        reasoning: "Let me think.",
        reasoning_content: "Let me think.",
      });
      const thoughts = { reasoning: "", reasoning_content: "" };
      for await (const chunk of await client.chat.completions.create({
        model,
        messages: asking("x"),
        stream: true,
      })) {
        const delta = (chunk.choices[0]?.delta ?? {}) as Partial<typeof thoughts>;
        thoughts.reasoning += delta.reasoning ?? "";
        thoughts.reasoning_content += delta.reasoning_content ?? "";
      }
      expect(thoughts).toEqual({ reasoning: "Let me think.", reasoning_content: "Let me think." });
    }
  });

  test("Azure's filter results stay in the answer", async () => {
    const whole = await client.chat.completions.create({ model: "mock_azf_n2", messages: asking("x") });
    expect(whole).toMatchObject({
      prompt_filter_results: [{ prompt_index: 0 }],
      choices: [{ content_filter_results: { hate: { filtered: false } } }],
    });
  });
});

describe("tools", () => {
  test("parallel calls stream in fragments and add up", async () => {
    const stream = client.chat.completions.stream({
      model: "mock_n3_tool",
      messages: asking("x"),
      tools: [lookUp],
    });
    const [choice] = (await stream.finalChatCompletion()).choices;
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(choice?.message.tool_calls).toMatchObject([
      { id: "call_0", function: { name: "weather", arguments: '{"city":"x"}' } },
      { id: "call_1", function: { name: "weather", arguments: '{"city":"x"}' } },
    ]);
  });

  test("are run by the SDK's helper, which brings their results back", async () => {
    const asked: string[] = [];
    const runner = client.chat.completions.runTools({
      model: "mock_n3_tool",
      messages: asking("x"),
      tools: [
        {
          type: "function",
          function: {
            name: "weather",
            description: "Weather of a city",
            parameters: { ...lookUp.function.parameters, required: ["city"] },
            parse: JSON.parse,
            function: ({ city }: { city: string }) => {
              asked.push(city);
              return "Sunny";
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe("tok0 tok1 tok2 ");
    expect(asked).toEqual(["x", "x"]);
    expect(lastBody(router).messages).toMatchObject([
      { role: "system" },
      { role: "user" },
      { role: "assistant", tool_calls: [{ id: "call_0" }, { id: "call_1" }] },
      { role: "tool", tool_call_id: "call_0", content: "Sunny" },
      { role: "tool", tool_call_id: "call_1", content: "Sunny" },
    ]);
  });
});
