import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { newId } from "../../shared/ids.ts";
import type { LimitDefaults } from "../config/router-config.ts";
import { insertUsageAttempts } from "../queries/insert-usage-attempts.ts";
import { type ForkedLimiter, forkLimiter } from "./test-limiter-fork.ts";
import {
  type BackendName,
  backendsUnderTest,
  demandOf,
  type LimitStage,
  newOwner,
  setLimitStage,
} from "./test-limits.ts";

let stage: LimitStage;
const forked: ForkedLimiter[] = [];
beforeAll(async () => {
  stage = await setLimitStage();
});
afterEach(async () => {
  await Promise.all(forked.splice(0).map((limiter) => limiter.kill()));
});
afterAll(() => stage.close());

async function fork(name: BackendName, leaseTtlMs?: number): Promise<ForkedLimiter> {
  const limiter = await forkLimiter({
    socketPath: stage.database.socketPath,
    timeoutMs: 20_000,
    ...(name === "redis" && stage.redis !== undefined
      ? { redis: { url: stage.redis.url, token: stage.redis.token } }
      : {}),
    ...(leaseTtlMs === undefined ? {} : { leaseTtlMs }),
  });
  forked.push(limiter);
  return limiter;
}

const key = (limits: LimitDefaults["key"]): LimitDefaults => ({ key: limits });

describe.each(backendsUnderTest)(
  "processes that share limits in $name (needs redis-server for redis)",
  ({ name, isThere }) => {
    const test = it.skipIf(!isThere);

    test("let exactly 100 of 400 parallel requests pass", async () => {
      const pair = await Promise.all([fork(name), fork(name)]);
      for (let round = 0; round < 3; round += 1) {
        const owner = newOwner();
        const order = {
          verb: "reserve" as const,
          owner,
          demand: demandOf(),
          defaults: key({ requestsPerMinute: 100 }),
          count: 200,
        };
        const results = await Promise.all(pair.map((limiter) => limiter.order(order)));
        expect(results.map(({ admitted }) => admitted).reduce((a, b) => a + b)).toBe(100);
        expect(results.map(({ refused }) => refused.rate_limit_exceeded ?? 0).reduce((a, b) => a + b)).toBe(
          300,
        );
      }
    });

    test("are exact also when requests come in a stream and hold several limits", async () => {
      const pair = await Promise.all([fork(name), fork(name)]);
      const order = {
        verb: "reserve" as const,
        owner: newOwner(),
        demand: demandOf({ isStream: true }),
        defaults: {
          organisation: { requestsPerMinute: 900, monthlyBudgetMicros: 1e9 },
          user: { tokensPerMinute: 1e9 },
          key: { concurrentStreams: 40 },
        },
        count: 800,
        width: 10,
      };
      const results = await Promise.all(pair.map((limiter) => limiter.order(order)));
      expect(results.map(({ admitted }) => admitted).reduce((a, b) => a + b)).toBe(900);
      expect(results.map(({ reservations }) => reservations)).toEqual([0, 0]);
    });

    test("get back the slots of one that was killed, when its lease ends", async () => {
      const [first, second] = [await fork(name, 1_000), await fork(name, 1_000)];
      const order = {
        verb: "reserve" as const,
        owner: newOwner(),
        demand: demandOf({ isStream: true }),
        defaults: key({ concurrentStreams: 3 }),
        count: 3,
      };
      expect((await first.order(order)).admitted).toBe(3);
      expect((await second.order({ ...order, count: 1 })).admitted).toBe(0);
      await first.kill();
      await vi.waitFor(async () => expect((await second.order({ ...order, count: 1 })).admitted).toBe(1), {
        timeout: 10_000,
        interval: 50,
      });
    });

    test("keep the slots of one that lives, however long its streams run", async () => {
      const [first, second] = [await fork(name, 3_000), await fork(name, 3_000)];
      const owner = newOwner();
      const order = {
        verb: "reserve" as const,
        owner,
        demand: demandOf({ isStream: true }),
        defaults: key({ concurrentStreams: 2 }),
        count: 2,
      };
      expect((await first.order(order)).admitted).toBe(2);
      const endsAt = performance.now() + 5_000;
      while (performance.now() < endsAt) {
        expect((await second.order({ ...order, count: 1 })).admitted).toBe(0);
      }
      await first.order({ verb: "release" });
      await vi.waitFor(async () => expect((await second.order({ ...order, count: 1 })).admitted).toBe(1), {
        timeout: 10_000,
        interval: 50,
      });
    });

    test("get back the money of one that was killed, but for what the usage rows say it spent", async () => {
      const [first, second] = [await fork(name, 1_000), await fork(name, 1_000)];
      const owner = newOwner();
      const order = {
        verb: "reserve" as const,
        owner,
        demand: demandOf(),
        defaults: key({ monthlyBudgetMicros: 1_000 }),
        count: 10,
      };
      expect((await first.order(order)).admitted).toBe(10);
      expect((await second.order({ ...order, count: 1 })).admitted).toBe(0);
      await insertUsageAttempts([usageRow(owner, 250)]);
      await first.kill();
      let admitted = 0;
      await vi.waitFor(
        async () => {
          admitted += (await second.order({ ...order, count: 1 })).admitted;
          expect(admitted).toBe(7);
        },
        { timeout: 10_000, interval: 50 },
      );
      expect((await second.order({ ...order, count: 3 })).admitted).toBe(0);
    });

    test("give everything back when they close", async () => {
      const [first, second] = [await fork(name), await fork(name)];
      const order = {
        verb: "reserve" as const,
        owner: newOwner(),
        demand: demandOf(),
        defaults: key({ tokensPerMinute: 1_000 }),
        count: 10,
      };
      expect((await first.order(order)).admitted).toBe(10);
      await first.order({ verb: "settle", use: { tokens: 50, costMicros: 0 } });
      await first.order({ verb: "close" });
      expect((await second.order(order)).admitted).toBe(5);
    });
  },
);

function usageRow(owner: ReturnType<typeof newOwner>, costMicros: number) {
  return {
    id: newId(),
    orgId: owner.orgId,
    userId: owner.userId,
    apiKeyId: owner.apiKeyId,
    requestId: newId(),
    attempt: 1,
    endpoint: "chat/completions",
    model: "small",
    upstream: "scripted",
    upstreamModel: "small",
    status: 200,
    outcome: "complete" as const,
    errorCode: null,
    promptTokens: 1,
    cachedTokens: 0,
    completionTokens: 1,
    usageEstimated: false,
    costMicros,
    firstTokenMs: null,
    totalMs: 1,
    createdAt: new Date(),
  };
}
