import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestRouter, type TestRouter, until } from "../test-router.ts";
import { inOrder, stream } from "./scenario.ts";

const FAILURES = 5;
const OPEN_MS = 600;
let router: TestRouter;
const first = () => router.upstream.ledger;
const second = () => router.upstream2.ledger;

/** Model names; each has a target of its own at both upstreams. */
const models = ["opens", "doubles", "probed"];
const statuses = [400, 401, 404, 422];
const faults = [408, 500, 503, 529];

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: [...statuses, ...faults].map((status) => `mock_n1_for${status}`),
    modelEntries: models.map((name) => inOrder(name, `mock_n1_${name}`, "mock_n1")).join("\n"),
    settings: [
      "retries: { max: 1, baseMs: 1, maxWaitMs: 0 }",
      `breaker: { failures: ${FAILURES}, openMs: ${OPEN_MS}, maxOpenMs: 60000 }`,
    ].join("\n"),
  });
});
beforeEach(() => {
  first().clear();
  second().clear();
});
afterAll(() => router.close());

async function ask(model: string, times: number): Promise<number[]> {
  const answered: number[] = [];
  for (let call = 0; call < times; call += 1) answered.push((await stream(router, model)).status);
  return answered;
}

/** Lets so much time of the upstream's clock pass. */
async function pass(ms: number): Promise<void> {
  const end = first().nowMs() + ms;
  await until(() => first().nowMs() >= end, "the window is over");
}

describe("a target that fails five times in a row", () => {
  test("is left alone, while every client is answered by the other", async () => {
    router.upstream.setFault("mock_n1_opens", "mock_e503");
    expect(await ask("opens", 12)).toEqual(Array(12).fill(200));
    expect(first().callsOf("mock_n1_opens")).toBe(FAILURES);
    expect(second().entries).toHaveLength(12);
  });

  test("gets one probe when its window is over, however many ask, and is whole again when it succeeds", async () => {
    router.upstream.setFault("mock_n1_probed", "mock_e503");
    await ask("probed", FAILURES);
    // Healthy now, but slow: all ten arrive while the probe is under way.
    router.upstream.setFault("mock_n1_probed", "mock_t500_n1");
    await pass(OPEN_MS);
    first().clear();
    const answers = await Promise.all(Array.from({ length: 10 }, () => stream(router, "probed")));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(first().entries).toHaveLength(1);
    router.upstream.clearFault("mock_n1_probed");
    second().clear();
    await ask("probed", 5);
    expect(first().entries).toHaveLength(6);
    expect(second().entries).toHaveLength(0);
  });

  test("whose probe fails rests for twice as long", async () => {
    router.upstream.setFault("mock_n1_doubles", "mock_e503");
    await ask("doubles", FAILURES);
    await pass(OPEN_MS);
    await ask("doubles", 3);
    expect(first().callsOf("mock_n1_doubles")).toBe(FAILURES + 1);
    const probedMs = first().entries.at(-1)?.closedMs ?? 0;
    await until(async () => {
      await ask("doubles", 1);
      return first().callsOf("mock_n1_doubles") > FAILURES + 1;
    }, "the second probe");
    const againMs = first().entries.at(-1)?.arrivedMs ?? 0;
    expect(againMs - probedMs).toBeGreaterThanOrEqual(2 * OPEN_MS - 20);
  });
});

for (const status of statuses) {
  test(`answers of ${status} say nothing about the target's health`, async () => {
    const model = `mock_n1_for${status}`;
    router.upstream.setFault(model, `mock_e${status}`);
    await ask(model, FAILURES + 3);
    expect(first().callsOf(model)).toBe(FAILURES + 3);
    router.upstream.clearFault(model);
    expect(await ask(model, 1)).toEqual([200]);
  });
}

for (const status of faults) {
  test(`answers of ${status} count`, async () => {
    const model = `mock_n1_for${status}`;
    router.upstream.setFault(model, `mock_e${status}`);
    await ask(model, FAILURES + 3);
    expect(first().callsOf(model)).toBe(FAILURES);
    router.upstream.clearFault(model);
    expect(await ask(model, 1)).toEqual([503]);
  });
}
