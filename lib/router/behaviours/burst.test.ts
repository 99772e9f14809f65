import { afterEach, expect, test } from "vitest";
import type { Limiter } from "../limits/limiter.ts";
import { unlimited } from "../limits/unlimited.ts";
import { chatBody, postRaw } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";

let router: TestRouter | undefined;

afterEach(() => router?.close());

/** A limiter that lets all who wait go on in the same moment, as the first look at a key or a quota does. */
function gatheringLimiter(): Limiter {
  let opened: Promise<void> | undefined;
  return {
    ...unlimited,
    reserve: async (...asked) => {
      opened ??= new Promise<void>((resolve) => setTimeout(resolve, 100)).then(() => {
        opened = undefined;
      });
      await opened;
      return unlimited.reserve(...asked);
    },
  };
}

/** Two places of one model; the first answers a little quicker, so that it is the better one while both are idle. */
const twoPlaces = {
  second: true,
  modelEntries:
    "  - { name: pair, kind: chat, targets: [{ upstream: scripted, upstreamModel: mock_t40_i5_n3 }, { upstream: second, upstreamModel: mock_t60_i5_n3 }] }",
};

test.each([true, false])(
  "requests that come together spread over the places (stream: %s)",
  async (stream) => {
    router = await startTestRouter({ ...twoPlaces, limiter: gatheringLimiter() });
    const url = `${router.baseUrl}/chat/completions`;
    const burst = (count: number) =>
      Promise.all(Array.from({ length: count }, () => postRaw(url, chatBody("pair", { stream }))));
    // Now both places are known, and one is known to be quicker.
    await burst(4);
    const before = [router.upstream, router.upstream2].map(({ ledger }) => ledger.entries.length);
    const answers = await burst(40);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const calls = [router.upstream, router.upstream2].map(
      ({ ledger }, place) => ledger.entries.length - (before[place] ?? 0),
    );
    expect(Math.min(...calls)).toBeGreaterThanOrEqual(8);
  },
);

test("of requests that come together one probes a place that was down", async () => {
  router = await startTestRouter({
    models: ["mock_e503_d150"],
    settings: "breaker: { failures: 1, openMs: 300 }\nretries: { max: 0 }",
    limiter: gatheringLimiter(),
  });
  const { baseUrl, upstream, router: routing } = router;
  const ask = () => postRaw(`${baseUrl}/chat/completions`, chatBody("mock_e503_d150", { stream: true }));
  await ask();
  const before = upstream.ledger.entries.length;
  const isReady = () =>
    routing.state().models.some(({ targets }) => targets.some(({ breaker }) => breaker === "half_open"));
  await until(isReady, "the place may be probed");
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
  expect(upstream.ledger.entries.length - before).toBe(1);
});
