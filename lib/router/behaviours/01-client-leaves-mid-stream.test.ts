import { afterAll, beforeAll, expect, test } from "vitest";
import { chatBody, metricSum, postRaw } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";

// 400 ms between tokens: a machine under load closes a socket long before the next one.
const MODEL = "mock_t0_i400_n500";
const TIMES = 5;
let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({ models: [MODEL] });
});
afterAll(() => router.close());

test("a client that leaves in the middle closes the upstream before its next token", async () => {
  for (let round = 0; round < TIMES; round += 1) {
    router.upstream.ledger.clear();
    let leftMs = 0;
    let sentWhenLeft = 0;
    const answer = await postRaw(`${router.baseUrl}/chat/completions`, chatBody(MODEL, { stream: true }), {
      onChunk: (text, destroy) => {
        if (!text.includes("tok1 ")) return;
        leftMs = router.upstream.ledger.nowMs();
        sentWhenLeft = router.upstream.ledger.entries.at(-1)?.tokensSent ?? 0;
        destroy();
      },
    });
    expect(answer.isWholeHttp).toBe(false);
    await until(() => router.upstream.ledger.entries.at(-1)?.isAborted === true, "the upstream is let go");
    const entry = router.upstream.ledger.entries.at(-1);
    expect(entry?.tokensSent).toBe(sentWhenLeft);
    expect((entry?.closedMs ?? 0) - leftMs).toBeLessThan(400);
  }
});

test("what was seen is billed, marked as estimated, and nothing stays in flight", async () => {
  await until(() => router.router.stats().inFlight === 0, "nothing is in flight");
  expect(await metricSum("vouch_router_in_flight_requests")).toBe(0);
  expect(router.usage).toHaveLength(TIMES);
  for (const row of router.usage) {
    expect(row).toMatchObject({
      outcome: "cancelled",
      status: 499,
      usageEstimated: true,
      completionTokens: 2,
    });
    expect(row.promptTokens).toBeGreaterThan(0);
    expect(row.costMicros).toBe(row.promptTokens * 2 + 2 * 10);
  }
});
