import { afterAll, beforeAll, expect, test } from "vitest";
import { metricsText } from "../platform/metrics.ts";
import { chatBody, metricSum, postRaw } from "./test-client.ts";
import { startTestRouter, type TestRouter } from "./test-router.ts";

let router: TestRouter;
beforeAll(async () => {
  router = await startTestRouter({ models: ["mock_i5_n10", "mock_i5_n20_rst3"] });
});
afterAll(() => router.close());

/** What a metric grew by while something was done. */
async function growth(names: readonly string[], deed: () => Promise<unknown>): Promise<number[]> {
  const before = await Promise.all(names.map(metricSum));
  await deed();
  const after = await Promise.all(names.map(metricSum));
  return after.map((value, at) => value - (before[at] ?? 0));
}

const ask = (model: string, more: object) =>
  postRaw(`${router.baseUrl}/chat/completions`, chatBody(model, { stream: true, ...more }));

test("a stream counts its overhead, its first token, its gaps, its tokens and its cost", async () => {
  const names = [
    "vouch_router_overhead_seconds_count",
    "vouch_router_first_token_seconds_count",
    "vouch_router_attempt_tokens_count",
    "vouch_router_attempt_cost_micros_count",
    "vouch_router_upstream_errors_total",
  ];
  const [overhead, first, tokens, cost, errors] = await growth(names, () => ask("mock_i5_n10", {}));
  expect({ overhead, first, tokens, cost, errors }).toEqual({
    overhead: 1,
    first: 1,
    tokens: 2,
    cost: 1,
    errors: 0,
  });
  // Ten tokens, the finish, the usage and the farewell, of which some may arrive together.
  const gaps = await metricSum("vouch_router_token_gap_seconds_count");
  expect(gaps).toBeGreaterThanOrEqual(1);
  expect(gaps).toBeLessThanOrEqual(13);
  expect(await metricSum("vouch_router_token_gap_seconds_sum")).toBeGreaterThan(0);
});

test("a stream that breaks off is counted by what went wrong", async () => {
  await ask("mock_i5_n20_rst3", {});
  const { text } = await metricsText();
  expect(text).toMatch(
    /vouch_router_upstream_errors_total\{model="mock_i5_n20_rst3",upstream="scripted",class="connection_cut"\} [1-9]/,
  );
});
