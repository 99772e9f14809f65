import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { inOrder, stream, whole } from "./scenario.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    modelEntries: [
      inOrder("limited", "mock_e429_ra90000", "mock_e429_ra60000"),
      inOrder("ill", "mock_e503_ras90", "mock_e503_ras60"),
    ].join("\n"),
    settings: "retries: { max: 3, baseMs: 1, maxWaitMs: 1000 }",
  });
});
afterAll(() => router.close());

for (const [model, status, code] of [
  ["limited", 429, "rate_limit_exceeded"],
  ["ill", 503, "upstream_unavailable"],
] as const) {
  test(`while every target of a model rests, clients get ${status} with the shortest wait and nobody is asked`, async () => {
    expect((await stream(router, model)).status).toBe(status);
    router.upstream.ledger.clear();
    router.upstream2.ledger.clear();
    for (const ask of [stream, whole]) {
      const answer = await ask(router, model);
      expect(answer.status).toBe(status);
      const waitMs = Number(answer.headers["retry-after-ms"]);
      expect(waitMs).toBeGreaterThan(30_000);
      expect(waitMs).toBeLessThanOrEqual(60_000);
      expect(answer.headers["retry-after"]).toBe(String(Math.ceil(waitMs / 1000)));
      expect(JSON.parse(answer.text)).toEqual({
        error: { message: expect.stringContaining(model), type: expect.any(String), param: null, code },
      });
    }
    expect(router.upstream.ledger.entries).toHaveLength(0);
    expect(router.upstream2.ledger.entries).toHaveLength(0);
  });
}
