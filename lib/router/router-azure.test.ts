import { afterAll, beforeAll, expect, test } from "vitest";
import { chatBody, chunksOf, postRaw } from "./test-client.ts";
import { startTestRouter, type TestRouter } from "./test-router.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    upstreams: [
      "  azure-dated: { kind: azure, endpoint: UPSTREAM/, apiKey: { env: AZURE_KEY }, apiVersion: '2024-10-21' }",
      `  azure-v1: { kind: azure, endpoint: UPSTREAM, apiKey: '\${env:AZURE_KEY}', apiVersion: v1 }`,
      "  old: { kind: openai, baseUrl: UPSTREAM/v1, streamUsage: false }",
      "  gpu: { kind: vllm, baseUrl: UPSTREAM, models: { local: mock_n3 } }",
    ].join("\n"),
    modelEntries: [
      "  - { name: gpt, kind: chat, upstream: azure-dated, deployment: mock_n3_azf }",
      "  - { name: gpt-v1, kind: chat, upstream: azure-v1, deployment: mock_n3_azf }",
      "  - { name: azure-embed, kind: embedding, upstream: azure-dated, deployment: embed }",
      "  - { name: old-chat, kind: chat, upstream: old, upstreamModel: mock_n3 }",
      "  - { name: local, kind: chat, upstream: gpu }",
    ].join("\n"),
  });
});
afterAll(() => router.close());

const lastCall = () => router.upstream.ledger.entries.at(-1);

test("Azure's dated surface gets the deployment and version in the address and the key in api-key", async () => {
  for (const stream of [true, false]) {
    const answer = await postRaw(`${router.baseUrl}/chat/completions`, chatBody("gpt", { stream }));
    expect(answer.status).toBe(200);
    expect(lastCall()).toMatchObject({
      path: "/openai/deployments/mock_n3_azf/chat/completions",
      query: { "api-version": "2024-10-21" },
      headers: { "api-key": "upstream-key" },
    });
    expect(lastCall()?.headers.authorization).toBeUndefined();
  }
});

test("Azure's v1 surface gets the deployment as the model", async () => {
  const answer = await postRaw(`${router.baseUrl}/chat/completions`, chatBody("gpt-v1", { stream: true }));
  expect(chunksOf(answer)[0]).toMatchObject({ choices: [], prompt_filter_results: [{}] });
  expect(lastCall()).toMatchObject({
    path: "/openai/v1/chat/completions",
    query: {},
    headers: { "api-key": "upstream-key" },
    body: { model: "mock_n3_azf" },
  });
});

test("embeddings go to their deployment", async () => {
  const answer = await postRaw(`${router.baseUrl}/embeddings`, { model: "azure-embed", input: ["a", "b"] });
  expect(JSON.parse(answer.text).data).toHaveLength(2);
  expect(lastCall()?.path).toBe("/openai/deployments/embed/embeddings");
});

test("an upstream marked streamUsage: false is not sent stream_options", async () => {
  const body = chatBody("old-chat", { stream: true, stream_options: { include_usage: true } });
  expect((await postRaw(`${router.baseUrl}/chat/completions`, body)).events.at(-1)).toBe("[DONE]");
  expect(lastCall()?.body).not.toHaveProperty("stream_options");
  expect(router.usage.at(-1)).toMatchObject({ usageEstimated: true, costMicros: null });
});

test("an upstream's own mapping names its model, and a bare server address gets /v1", async () => {
  await postRaw(`${router.baseUrl}/chat/completions`, chatBody("local"));
  expect(lastCall()).toMatchObject({ path: "/v1/chat/completions", model: "mock_n3" });
});
