import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chunksOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { stream, whole } from "./scenario.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    models: ["mock_n5", "mock_n5_noUsage"],
    modelEntries: "  - { name: unpriced, kind: chat, upstream: scripted, upstreamModel: mock_n5 }",
  });
});
afterAll(() => router.close());

const withUsage = { stream_options: { include_usage: true } };

describe("the usage chunk", () => {
  test("is asked for upstream always and taken out for clients that did not ask", async () => {
    const answer = await stream(router, "mock_n5");
    expect(chunksOf(answer).some((chunk) => chunk.usage !== undefined)).toBe(false);
    expect(answer.events.at(-1)).toBe("[DONE]");
    expect(router.upstream.ledger.entries.at(-1)?.body).toMatchObject(withUsage);
  });

  test("arrives once, after the finish and before [DONE], for clients that asked", async () => {
    const answer = await stream(router, "mock_n5", withUsage);
    expect(answer.events.at(-1)).toBe("[DONE]");
    const chunks = chunksOf(answer);
    expect(chunks.filter((chunk) => chunk.usage !== undefined)).toEqual([chunks.at(-1)]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 5 } });
    expect(chunks.at(-2)?.choices?.[0]?.finish_reason).toBe("stop");
  });
});

describe("the row of money", () => {
  test("prices cached tokens apart", async () => {
    for (const ask of [stream, whole]) {
      await ask(router, "mock_n5");
      expect(router.usage.at(-1)).toMatchObject({
        outcome: "complete",
        status: 200,
        promptTokens: 4,
        cachedTokens: 1,
        completionTokens: 5,
        usageEstimated: false,
        costMicros: (4 - 1) * 2 + 1 * 1 + 5 * 10,
      });
    }
  });

  test("is estimated from the prompt and the deltas when the upstream never says, and told to who asked", async () => {
    const answer = await stream(router, "mock_n5_noUsage", withUsage);
    const told = chunksOf(answer).filter((chunk) => chunk.usage !== undefined);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ choices: [], usage: { completion_tokens: 5 } });
    expect(JSON.parse(answer.events.at(-2) ?? "")).toEqual(told[0]);
    expect(told[0]?.id).toBe(chunksOf(answer)[0]?.id);
    expect(router.usage.at(-1)).toMatchObject({
      outcome: "complete",
      completionTokens: 5,
      usageEstimated: true,
    });
    expect(router.usage.at(-1)?.promptTokens).toBeGreaterThan(0);
  });

  test("has no cost, not a cost of nothing, when the model has no price", async () => {
    await stream(router, "unpriced");
    expect(router.usage.at(-1)).toMatchObject({ completionTokens: 5, costMicros: null });
  });

  test("agrees with what the upstream really sent", () => {
    const sent = router.upstream.ledger.entries.reduce((sum, { tokensSent }) => sum + tokensSent, 0);
    const billed = router.usage.reduce((sum, { completionTokens }) => sum + completionTokens, 0);
    expect(billed).toBe(sent);
  });
});
