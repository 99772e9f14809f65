import { afterAll, beforeAll, expect, test } from "vitest";
import { chunksOf, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { inOrder, plainText, stream, whole } from "./scenario.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: ["mock_t300_n5_azf", "mock_n5_azf_spill"],
    modelEntries: inOrder("filtered", "mock_n5_azf_cff", "mock_n5"),
  });
});
afterAll(() => router.close());

test("Azure's first chunk, results of its filter, arrives unchanged and is no first token", async () => {
  const answer = await stream(router, "mock_t300_n5_azf");
  const [first] = chunksOf(answer);
  expect(first).toMatchObject({
    choices: [],
    prompt_filter_results: [
      { prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: "safe" } } },
    ],
  });
  expect(textOf(answer)).toBe(plainText(5));
  expect(router.usage.at(-1)?.firstTokenMs).toBeGreaterThanOrEqual(290);
});

test("the filter's results of each piece are kept", async () => {
  const chunks = chunksOf(await stream(router, "mock_t300_n5_azf"));
  const results = chunks.flatMap(
    ({ choices }) =>
      (choices?.[0] as { content_filter_results?: object } | undefined)?.content_filter_results ?? [],
  );
  expect(results).toHaveLength(5);
});

test("an answer the filter ended keeps that finish and is asked for nowhere else", async () => {
  const answer = await stream(router, "filtered");
  const finishes = chunksOf(answer).flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);
  expect(finishes).toEqual(["content_filter"]);
  expect(answer.events.at(-1)).toBe("[DONE]");
  const reply = JSON.parse((await whole(router, "filtered")).text);
  expect(reply.choices[0]).toMatchObject({ finish_reason: "content_filter", content_filter_results: {} });
  expect(router.upstream2.ledger.entries).toHaveLength(0);
  expect(router.usage.map(({ outcome }) => outcome).slice(-2)).toEqual(["complete", "complete"]);
});
