import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_KEY, type TestRouter } from "../test-router.ts";
import { FIVE_TOKENS, lastBody, startClientRouter } from "./test-setup.ts";

let router: TestRouter;
let client: OpenAI;

beforeAll(async () => {
  router = await startClientRouter();
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

describe("text completions", () => {
  for (const model of ["mock_n5", "chats_n5"]) {
    test(`${model} answers whole and streamed alike, with usage`, async () => {
      const body = { model, prompt: "a b", max_tokens: 50, logprobs: 1, n: 2 };
      const whole = await client.completions.create(body);
      expect(whole.object).toBe("text_completion");
      expect(whole.choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
        [0, "stop"],
        [1, "stop"],
      ]);
      expect(whole.choices[0]?.text).toBe(FIVE_TOKENS);
      expect(whole.choices[0]?.logprobs?.tokens?.join("")).toBe(FIVE_TOKENS);
      expect(whole.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 10 });
      const texts = ["", ""];
      let usage: OpenAI.CompletionUsage | undefined;
      const stream = await client.completions.create({
        ...body,
        stream: true,
        stream_options: { include_usage: true },
      });
      for await (const chunk of stream) {
        for (const { index, text } of chunk.choices) texts[index] += text;
        usage = chunk.usage ?? usage;
      }
      expect(texts).toEqual(whole.choices.map(({ text }) => text));
      expect(usage).toEqual(whole.usage);
    });
  }

  test("an upstream without them is asked for a chat", async () => {
    await client.completions.create({ model: "chats_n5", prompt: ["Once"], max_tokens: 5, seed: 3 });
    expect(router.upstream.ledger.entries.at(-1)?.path).toBe("/v1/chat/completions");
    expect(lastBody(router)).toEqual({
      model: "mock_n5",
      messages: [{ role: "user", content: "Once" }],
      max_completion_tokens: 5,
      seed: 3,
    });
  });

  test("lists of prompts, token ids, echo and suffix reach an upstream that has them", async () => {
    const body = { model: "mock_n5", prompt: ["a", "b"], echo: true, suffix: "." };
    const answer = await client.completions.create(body);
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(lastBody(router)).toEqual(body);
    await client.completions.create({ model: "mock_n5", prompt: [1, 2, 3] });
    expect(lastBody(router).prompt).toEqual([1, 2, 3]);
    const stream = await client.completions.create({ ...body, stream: true });
    const finished = new Set<number>();
    for await (const { choices } of stream) {
      for (const { index, finish_reason } of choices) if (finish_reason) finished.add(index);
    }
    expect([...finished].sort()).toEqual([0, 1]);
  });

  test("the built-in model completes a prompt, echoing it when asked to", async () => {
    const prompt = "The pump was replaced in May 2024 by the landlord.\n\nWhen was the pump replaced?";
    const { choices } = await client.completions.create({ model: "vouch-extractive-1", prompt, echo: true });
    expect(choices[0]?.text.startsWith(prompt)).toBe(true);
    expect(choices[0]?.text).toContain("May 2024");
  });

  test("what a chat cannot do is refused", async () => {
    const call = client.completions.create({ model: "chats_n5", prompt: ["a", "b"] });
    await expect(call).rejects.toMatchObject({ status: 400, code: "unsupported_parameter", param: "prompt" });
  });
});

describe("embeddings", () => {
  test("come from the built-in model and from an upstream's, in both encodings", async () => {
    // The SDK asks for base64 by itself and decodes it.
    const [one, two] = (
      await client.embeddings.create({ model: "vouch-embed-1", input: ["a pump", "a lease"] })
    ).data;
    expect(one?.embedding).toHaveLength(384);
    expect(two?.embedding).not.toEqual(one?.embedding);
    const remote = await client.embeddings.create({
      model: "scripted-embed",
      input: "a pump",
      encoding_format: "float",
    });
    expect(remote.data[0]?.embedding).toHaveLength(64);
    expect(remote.usage.prompt_tokens).toBe(2);
  });
});

describe("rerank", () => {
  const documents = ["a lease of a flat", "the red pump in the cellar", { text: "a blue pump" }];
  const rerank = async (body: object) => {
    const answer = await fetch(`${router.baseUrl}/rerank`, {
      method: "POST",
      headers: { authorization: `Bearer ${TEST_KEY}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: await answer.json() };
  };

  for (const model of ["vouch-rerank-1", "scripted-rerank"]) {
    test(`${model} orders documents by a query`, async () => {
      const body = { model, query: "red pump", documents, top_n: 2, return_documents: true };
      const { status, json } = await rerank(body);
      expect(status).toBe(200);
      expect(json.results).toMatchObject([
        { index: 1, document: { text: "the red pump in the cellar" } },
        { index: 2, document: { text: "a blue pump" } },
      ]);
      expect(json.results[0].relevance_score).toBeGreaterThan(json.results[1].relevance_score);
      expect(router.usage.at(-1)).toMatchObject({
        endpoint: "rerank",
        model,
        promptTokens: json.usage.total_tokens,
        completionTokens: 0,
        usageEstimated: false,
      });
    });
  }

  test("a body without documents is refused, and so is a chat model", async () => {
    const empty = await rerank({ model: "vouch-rerank-1", query: "x", documents: [] });
    expect([empty.status, empty.json.error.param]).toEqual([400, "documents"]);
    const chat = await rerank({ model: "mock_n5", query: "x", documents });
    expect([chat.status, chat.json.error.code]).toEqual([404, "model_not_supported"]);
  });
});

test("models are listed and shown one by one", async () => {
  const ids = (await client.models.list()).data.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining([
      "scripted-chat",
      "scripted-embed",
      "scripted-rerank",
      "vouch-extractive-1",
      "vouch-embed-1",
      "vouch-rerank-1",
    ]),
  );
  expect(await client.models.retrieve("scripted-chat")).toMatchObject({
    object: "model",
    owned_by: "scripted",
  });
  await expect(client.models.retrieve("absent")).rejects.toMatchObject({ status: 404 });
});
