import { afterAll, beforeAll, expect, test } from "vitest";
import { chunksOf, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { plainText, stream } from "./scenario.ts";

const MODEL = "mock_t10_i10_n20_rst3";
let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({ models: [MODEL] });
});
afterAll(() => router.close());

test("an answer reset in the middle ends with an error event and never looks whole", async () => {
  const answer = await stream(router, MODEL, { stream_options: { include_usage: true } });
  expect(answer.status).toBe(200);
  expect(answer.isWholeHttp).toBe(true);
  expect(textOf(answer)).toBe(plainText(3));
  expect(answer.events).not.toContain("[DONE]");
  const chunks = chunksOf(answer);
  expect(chunks.at(-1)).toEqual({
    error: {
      message: expect.any(String),
      type: "upstream_error",
      param: null,
      code: "stream_interrupted",
    },
  });
  expect(chunks.every((chunk) => (chunk.choices?.[0]?.finish_reason ?? null) === null)).toBe(true);
  expect(chunks.some((chunk) => chunk.usage !== undefined)).toBe(false);
});

test("nobody was asked again while its text was visible, and what was seen is billed", () => {
  expect(router.upstream.ledger.callsOf(MODEL)).toBe(1);
  expect(router.usage).toMatchObject([
    { outcome: "interrupted", attempt: 1, completionTokens: 3, usageEstimated: true },
  ]);
  expect(router.usage[0]?.costMicros).toBeGreaterThan(0);
});
