import { afterAll, beforeAll, expect, test } from "vitest";
import { inOrder, stream, whole } from "./behaviours/scenario.ts";
import { startTestRouter, type TestRouter } from "./test-router.ts";

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    modelEntries: [
      inOrder("cut", "mock_i2_n8_rst3", "mock_i2_n8"),
      inOrder("slow", "mock_t60000", "mock_i1_n3", "hedge: { afterMs: 20 }"),
      "  - { name: tired, kind: chat, upstream: scripted, upstreamModel: mock_e503_f1_n3 }",
      "  - { name: broken, kind: chat, upstream: scripted, upstreamModel: mock_e404, fallbacks: [sound] }",
      "  - { name: sound, kind: chat, upstream: second, upstreamModel: mock_n3 }",
    ].join("\n"),
    settings: "retries: { max: 2, baseMs: 5 }\naliases: { auto: { light: sound, heavy: cut } }",
  });
});

afterAll(() => router.close());

/** Why each place was asked, in the order of the attempts. */
function decisionsOf(ask: () => Promise<unknown>): Promise<(string | null | undefined)[]> {
  const before = router.usage.length;
  return ask().then(() =>
    router.usage
      .slice(before)
      .sort((one, other) => one.attempt - other.attempt)
      .map(({ routeDecision }) => routeDecision),
  );
}

test("a row of money says why its place was asked", async () => {
  expect(await decisionsOf(() => whole(router, "sound"))).toEqual(["latency"]);
  expect(await decisionsOf(() => stream(router, "cut"))).toEqual(["weighted", "continuation"]);
  expect(await decisionsOf(() => stream(router, "slow"))).toEqual(["weighted", "hedge"]);
  expect(await decisionsOf(() => whole(router, "tired"))).toEqual(["latency", "retry"]);
  expect(await decisionsOf(() => whole(router, "broken"))).toEqual(["latency", "fallback"]);
});

test("and which tier an alias chose", async () => {
  expect(await decisionsOf(() => whole(router, "auto"))).toEqual(["latency;tier:light"]);
});
