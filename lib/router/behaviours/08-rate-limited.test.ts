import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { textOf } from "../test-client.ts";
import { startTestRouter, type TestRouter } from "../test-router.ts";
import { inOrder, plainText, stream, whole } from "./scenario.ts";

/** Scripts that refuse once, and the wait they name at least, ms. Dates have whole seconds: half of one may be lost. */
const waits: readonly [script: string, atLeastMs: number][] = [
  ["mock_n5_e429_ra700_f1", 700],
  ["mock_n5_e429_msra600_f1", 600],
  ["mock_n5_e429_ras1_f1", 1000],
  ["mock_n5_e429_rad2_f1", 900],
  ["mock_n5_e503_ra400_f1", 400],
];

let router: TestRouter;
const calls = () => router.upstream.ledger.entries;

beforeAll(async () => {
  router = await startTestRouter({
    second: true,
    models: [
      ...waits.map(([script]) => script),
      "mock_n5_e429_ra60000",
      "mock_n5_e429_f1",
      "mock_n5_e429_ra1",
    ],
    modelEntries: inOrder("two", "mock_n5_two", "mock_n5"),
    settings: "retries: { max: 3, baseMs: 50, maxWaitMs: 5000 }",
  });
});
beforeEach(() => {
  router.upstream.ledger.clear();
  router.upstream2.ledger.clear();
});
afterAll(() => router.close());

describe("a single target that names a wait", () => {
  for (const [script, atLeastMs] of waits) {
    test(`${script} is asked again after it, once, and the client gets the answer`, async () => {
      const answer = await stream(router, script);
      expect(textOf(answer)).toBe(plainText(5));
      expect(answer.headers["x-vouch-attempts"]).toBe("2");
      expect(calls()).toHaveLength(2);
      const [first, second] = calls();
      expect((second?.arrivedMs ?? 0) - (first?.arrivedMs ?? 0)).toBeGreaterThanOrEqual(atLeastMs);
    });
  }

  test("is asked again for whole answers too", async () => {
    router.upstream.setFault("mock_n5_e429_ra1", "mock_n5_e429_ra300_f1");
    const answer = await whole(router, "mock_n5_e429_ra1");
    expect([answer.status, answer.headers["x-vouch-attempts"]]).toEqual([200, "2"]);
    const [first, second] = calls();
    expect((second?.arrivedMs ?? 0) - (first?.arrivedMs ?? 0)).toBeGreaterThanOrEqual(300);
  });

  test("without a number is asked again after a short while", async () => {
    expect(textOf(await stream(router, "mock_n5_e429_f1"))).toBe(plainText(5));
    expect(calls()).toHaveLength(2);
  });

  test("that is longer than anybody waits is passed on at once, body and all", async () => {
    const answer = await stream(router, "mock_n5_e429_ra60000");
    expect(answer.status).toBe(429);
    expect(answer.headers["retry-after-ms"]).toBe("60000");
    expect(answer.headers["retry-after"]).toBe("60");
    expect(JSON.parse(answer.text).error.message).toBe("Scripted status 429.");
    expect(calls()).toHaveLength(1);
  });
});

test("with two targets the other is asked at once, and the first rests for the time it named", async () => {
  router.upstream.setFault("mock_n5_two", "mock_n5_e429_ra1500_f1");
  const first = await stream(router, "two");
  expect([first.headers["x-vouch-upstream"], first.headers["x-vouch-attempts"]]).toEqual(["second", "2"]);
  expect(textOf(first)).toBe(plainText(5));
  const refusedMs = calls()[0]?.arrivedMs ?? 0;
  let restMs = 0;
  // Asked again and again until the first target, which is preferred, answers again.
  for (let asked = 0; restMs === 0; asked += 1) {
    const answer = await stream(router, "two");
    if (answer.headers["x-vouch-upstream"] === "scripted") restMs = (calls()[1]?.arrivedMs ?? 0) - refusedMs;
    else expect(answer.headers["x-vouch-attempts"]).toBe("1");
    if (asked > 10_000) throw new Error("the first target is never asked again");
  }
  expect(restMs).toBeGreaterThanOrEqual(1500);
  expect(calls()).toHaveLength(2);
});
