import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chunksOf, postRaw } from "../test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter } from "../test-router.ts";
import { inOrder, plainText } from "./scenario.ts";

let router: TestRouter;
let client: OpenAI;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    upstreams: [
      "  first-azure: { kind: azure, endpoint: UPSTREAM, apiKey: { env: KEY }, apiVersion: '2024-10-21' }",
      "  azure: { kind: azure, endpoint: UPSTREAM2, apiKey: { env: KEY }, apiVersion: '2024-10-21' }",
    ].join("\n"),
    modelEntries: inOrder("azure-pair", "mock_azf_i5_n20_rst3", "mock_azf_n20_contTurn")
      .replace("scripted,", "first-azure,")
      .replace("second,", "azure,"),
  });
  client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
});
afterAll(() => router.close());

test("a client of the older completions reads one whole answer where two Azure deployments told it", async () => {
  let text = "";
  const finishes: string[] = [];
  const body = { model: "azure-pair", prompt: "one two three", stream: true } as const;
  for await (const { choices } of await client.completions.create(body)) {
    text += choices[0]?.text ?? "";
    if (choices[0]?.finish_reason) finishes.push(choices[0].finish_reason);
  }
  expect(text).toBe(plainText(20));
  expect(finishes).toEqual(["stop"]);
});

test("the second deployment's own filter results of the prompt are not sent in the middle", async () => {
  const answer = await postRaw(`${router.baseUrl}/chat/completions`, {
    model: "azure-pair",
    messages: [{ role: "user", content: "x" }],
    stream: true,
  });
  const told = chunksOf(answer).filter((chunk) => "prompt_filter_results" in chunk);
  expect(told).toEqual([chunksOf(answer)[0]]);
});
