import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, generateText } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { textOf } from "../test-client.ts";
import { startTestRouter, TEST_KEY, type TestRouter } from "../test-router.ts";
import { inOrder, plainText, stream, whole } from "./scenario.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: ["mock_n5_lenient"],
    modelEntries: [
      inOrder("strict", "mock_cf", "mock_n5"),
      inOrder("with-fallback", "mock_cf", "mock_n5", "contentFilterFallback: mock_n5_lenient"),
    ].join("\n"),
  });
});
beforeEach(() => {
  router.upstream.ledger.clear();
  router.upstream2.ledger.clear();
});
afterAll(() => router.close());

describe("a request that Azure's content filter refuses", () => {
  for (const [name, ask] of [
    ["streamed", stream],
    ["in one piece", whole],
  ] as const) {
    test(`${name}, keeps its 400 and inner error, and is sent nowhere else`, async () => {
      const answer = await ask(router, "strict");
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text).error).toMatchObject({
        code: "content_filter",
        innererror: { content_filter_result: { violence: { filtered: true, severity: "medium" } } },
      });
      expect(router.upstream.ledger.entries).toHaveLength(1);
      expect(router.upstream2.ledger.entries).toHaveLength(0);
    });

    test(`${name}, goes to the model named for such cases`, async () => {
      const answer = await ask(router, "with-fallback");
      expect(answer.status).toBe(200);
      if (ask === stream) expect(textOf(answer)).toBe(plainText(5));
      else expect(JSON.parse(answer.text).choices[0].message.content).toBe(plainText(5));
      expect(router.upstream.ledger.entries.map(({ model }) => model)).toEqual([
        "mock_cf",
        "mock_n5_lenient",
      ]);
      expect(router.upstream2.ledger.entries).toHaveLength(0);
    });
  }

  test("is a typed error to the openai SDK and to the AI SDK", async () => {
    const client = new OpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "x" }];
    const refused = await client.chat.completions
      .create({ model: "strict", messages })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(OpenAI.BadRequestError);
    expect(refused.code).toBe("content_filter");
    const provider = createOpenAI({ apiKey: TEST_KEY, baseURL: router.baseUrl });
    const failed = await generateText({ model: provider.chat("strict"), prompt: "x", maxRetries: 0 }).catch(
      (error: unknown) => error,
    );
    expect(APICallError.isInstance(failed) && [failed.statusCode, failed.isRetryable]).toEqual([400, false]);
  });
});
