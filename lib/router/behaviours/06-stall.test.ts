import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chunksOf, textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";
import { inOrder, plainText, stream } from "./scenario.ts";

const IDLE_MS = 500;
const FIRST_TOKEN_MS = 700;
let router: TestRouter;
const firstCall = () => router.upstream.ledger.entries[0];

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: ["mock_i5_n20_stall3"],
    timeouts: `firstTokenMs: ${FIRST_TOKEN_MS}, betweenTokensMs: ${IDLE_MS}`,
    upstreams:
      "  hurried: { kind: openai, baseUrl: UPSTREAM/v1, timeouts: { totalMs: 600, firstTokenMs: 400 } }",
    modelEntries: [
      inOrder("stalls", "mock_i5_n20_stall3_two", "mock_n20"),
      inOrder("late", "mock_t9000_n20", "mock_t100_n20"),
      "  - { name: endless, kind: chat, upstream: hurried, upstreamModel: mock_i100_n500 }",
      "  - { name: later, kind: chat, upstream: hurried, upstreamModel: mock_t9000_n1 }",
    ].join("\n"),
    settings: "retries: { max: 1, baseMs: 1 }",
  });
});
beforeEach(() => router.upstream.ledger.clear());
afterAll(() => router.close());

async function expectLetGoAfter(atLeastMs: number): Promise<void> {
  await until(() => firstCall()?.isAborted === true, "the upstream is let go");
  const { closedMs, arrivedMs } = firstCall() ?? { closedMs: 0, arrivedMs: 0 };
  expect((closedMs ?? 0) - arrivedMs).toBeGreaterThanOrEqual(atLeastMs - 20);
}

describe("an upstream that goes silent", () => {
  test("in the middle is let go after the time between tokens, and the client is told", async () => {
    const answer = await stream(router, "mock_i5_n20_stall3");
    expect(textOf(answer)).toBe(plainText(3));
    expect(chunksOf(answer).at(-1)?.error?.code).toBe("stream_interrupted");
    await expectLetGoAfter(IDLE_MS);
    expect(router.usage.at(-1)).toMatchObject({ outcome: "interrupted", errorCode: "idle_timeout" });
  });

  test("is continued by a second target", async () => {
    const answer = await stream(router, "stalls");
    expect(textOf(answer)).toBe(plainText(20));
    expect(answer.events.at(-1)).toBe("[DONE]");
    await expectLetGoAfter(IDLE_MS);
  });

  test("before the first token is replaced by a second target, of which alone the client hears", async () => {
    const answer = await stream(router, "late");
    expect(textOf(answer)).toBe(plainText(20));
    expect([answer.headers["x-vouch-attempts"], answer.headers["x-vouch-upstream"]]).toEqual(["2", "second"]);
    await expectLetGoAfter(FIRST_TOKEN_MS);
    expect(router.usage.slice(-2)).toMatchObject([
      { outcome: "failed", errorCode: "first_token_timeout", attempt: 1 },
      { outcome: "complete", attempt: 2 },
    ]);
  });

  test("with nobody in its stead is a 504", async () => {
    const answer = await stream(router, "later");
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([504, "upstream_timeout"]);
  });
});

test("an answer that takes longer than a whole one may is cut and says so", async () => {
  const answer = await stream(router, "endless");
  expect(chunksOf(answer).at(-1)?.error?.code).toBe("stream_interrupted");
  await expectLetGoAfter(600);
  expect(router.usage.at(-1)).toMatchObject({ outcome: "interrupted", errorCode: "total_timeout" });
});
