import { describe, expect, test } from "vitest";
import { createHedgePolicy, hedgeDelayMs } from "./hedge-policy.ts";

describe("the delay of a second request", () => {
  test("is the 95th percentile of recent first tokens", () => {
    expect(hedgeDelayMs(Array.from({ length: 100 }, (_, index) => 100 + index))).toBe(195);
  });

  test("is long while little is known, and never close to nothing", () => {
    expect(hedgeDelayMs([1, 2, 3])).toBe(2_000);
    expect(hedgeDelayMs(Array.from({ length: 50 }, () => 1))).toBe(20);
  });

  test("follows the upstream, and forgets what is long ago", () => {
    const policy = createHedgePolicy();
    expect(policy.begin()).toBe(2_000);
    for (let index = 0; index < 300; index += 1) policy.observe(100);
    expect(policy.begin()).toBe(100);
    for (let index = 0; index < 300; index += 1) policy.observe(400);
    expect(policy.begin()).toBe(400);
  });

  test("is what the operator wrote, if he wrote one", () => {
    const policy = createHedgePolicy({ afterMs: 700 });
    for (let index = 0; index < 100; index += 1) policy.observe(10);
    expect(policy.begin()).toBe(700);
  });
});

describe("second requests", () => {
  test("are at most their share of the first ones, when every one is slow", () => {
    const policy = createHedgePolicy({ maxShare: 0.05 });
    let sent = 0;
    for (let index = 0; index < 2_000; index += 1) {
      policy.begin();
      if (policy.take()) sent += 1;
    }
    expect(sent).toBeGreaterThanOrEqual(100);
    expect(sent).toBeLessThanOrEqual(101);
    expect(policy.stats()).toMatchObject({ requests: 2_000, hedged: sent, refused: 2_000 - sent });
  });

  test("may come ten at once after a calm time, and no more", () => {
    const policy = createHedgePolicy({ maxShare: 0.05 });
    for (let index = 0; index < 5_000; index += 1) policy.begin();
    expect(Array.from({ length: 20 }, () => policy.take()).filter(Boolean)).toHaveLength(10);
  });
});
