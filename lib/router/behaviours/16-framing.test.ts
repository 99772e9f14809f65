import { afterAll, beforeAll, expect, test } from "vitest";
import { chunksOf, metricSum, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { plainText, stream } from "./scenario.ts";

const framings = [
  "mock_n5",
  "mock_n5_crlf",
  "mock_n5_bom",
  "mock_n5_nospace",
  "mock_n5_multi",
  "mock_n5_comments",
  "mock_n5_one",
  "mock_n5_bom_nospace_crlf_multi",
];
let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    models: [...framings, "mock_n4_utf", "mock_n4_utf_crlf", "mock_big1", "mock_n5_bad"],
  });
});
afterAll(() => router.close());

for (const model of framings) {
  test(`a stream framed as ${model} arrives whole, as plain events`, async () => {
    const answer = await stream(router, model);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(answer.headers["cache-control"]).toContain("no-transform");
    expect(answer.events.at(-1)).toBe("[DONE]");
    const contents = chunksOf(answer).map(({ choices }) => [
      choices?.[0]?.delta,
      choices?.[0]?.finish_reason,
    ]);
    expect(contents).toEqual([
      [{ role: "assistant", content: "" }, null],
      ...[0, 1, 2, 3, 4].map((index) => [{ content: `tok${index} ` }, null]),
      [{}, "stop"],
    ]);
  });
}

for (const model of ["mock_n4_utf", "mock_n4_utf_crlf"]) {
  test(`characters sent one byte at a time are never torn: ${model}`, async () => {
    const answer = await stream(router, model);
    expect(textOf(answer)).toBe([0, 1, 2, 3].map((index) => `tok${index}é漢😀 `).join(""));
    expect(answer.text).not.toContain("\uFFFD");
    expect(answer.events.at(-1)).toBe("[DONE]");
  });
}

test("a line of 300 kB passes", async () => {
  const answer = await stream(router, "mock_big1");
  expect(textOf(answer)).toHaveLength(300_000);
  expect(answer.events.at(-1)).toBe("[DONE]");
});

test("one broken line is left out and counted, the rest arrives", async () => {
  const dropped = () => metricSum("vouch_router_dropped_events_total");
  const before = await dropped();
  const answer = await stream(router, "mock_n5_bad");
  expect(textOf(answer)).toBe(plainText(5));
  expect(answer.events.at(-1)).toBe("[DONE]");
  expect(await dropped()).toBe(before + 1);
});
