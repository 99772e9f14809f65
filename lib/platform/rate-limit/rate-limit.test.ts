import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createMemoryRateLimiter } from "./memory-rate-limiter.ts";
import { MINUTE_MS, type RateLimiter } from "./rate-limiter.ts";
import { createRedisRateLimiter } from "./redis-rate-limiter.ts";
import { REST_TOKEN, type RestRedis, startRestRedis } from "./rest-redis-for-tests.ts";

let redis: RestRedis;
let nowMs: number;
const clock = { nowMs: () => nowMs };
let keyNumber = 0;
let key: string;

beforeAll(async () => {
  redis = await startRestRedis();
});
afterAll(() => redis.close());
beforeEach(() => {
  nowMs = 1_800_000_000_000;
  redis.mode = "up";
  keyNumber += 1;
  key = `key-${keyNumber}`;
});

// Patient, so that a slow machine does not pass for a Redis that is away.
const redisLimiter = (options: { token?: string; timeoutMs?: number } = {}) =>
  createRedisRateLimiter({ url: redis.url, token: REST_TOKEN, timeoutMs: 20_000, ...options, ...clock });

async function allowedOf(
  limiter: RateLimiter,
  times: number,
  perMinute: number,
  whose = key,
): Promise<number> {
  const decisions = await Promise.all(
    Array.from({ length: times }, () => limiter.consume({ name: "test", key: whose, perMinute })),
  );
  return decisions.filter((decision) => decision.allowed).length;
}

describe.each([
  ["in memory", () => createMemoryRateLimiter(clock)],
  ["in Redis", () => redisLimiter()],
])("a limit %s", (_where, create) => {
  it("lets exactly the minute's worth of 200 parallel requests pass", async () => {
    expect(await allowedOf(create(), 200, 60)).toBe(60);
  });

  it("says in how many whole seconds to come back, and keeps its word", async () => {
    const limiter = create();
    await allowedOf(limiter, 10, 10);
    const refused = await limiter.consume({ name: "test", key, perMinute: 10 });
    expect(refused.allowed).toBe(false);
    expect(Number.isInteger(refused.retryAfterSeconds)).toBe(true);
    expect(refused.retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(120);
    nowMs += refused.retryAfterSeconds * 1000;
    expect((await limiter.consume({ name: "test", key, perMinute: 10 })).allowed).toBe(true);
  });

  it("does not punish for refusals", async () => {
    const limiter = create();
    await allowedOf(limiter, 500, 10);
    nowMs += 2 * MINUTE_MS;
    expect(await allowedOf(limiter, 20, 10)).toBe(10);
  });

  it("never gives two minutes' worth within one minute", async () => {
    const limiter = create();
    nowMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS - 1000;
    const before = await allowedOf(limiter, 60, 60);
    nowMs += 2000;
    const after = await allowedOf(limiter, 60, 60);
    expect(before + after).toBeLessThanOrEqual(63);
  });

  it("keeps budgets of different keys and names apart", async () => {
    const limiter = create();
    await allowedOf(limiter, 10, 5);
    expect(await allowedOf(limiter, 10, 5, `${key}-other`)).toBe(5);
    expect((await limiter.consume({ name: "other", key, perMinute: 5 })).allowed).toBe(true);
  });
});

describe("limits in Redis", () => {
  it("are shared by two processes", async () => {
    const [a, b] = [redisLimiter(), redisLimiter()];
    const allowed = await Promise.all([allowedOf(a, 60, 60), allowedOf(b, 60, 60)]);
    expect(allowed[0] + allowed[1]).toBe(60);
  });

  it("fall back to the process's own limit while Redis fails, and come back to it by themselves", async () => {
    const limiter = redisLimiter();
    redis.mode = "failing";
    expect(await allowedOf(limiter, 30, 10)).toBe(10);
    const { count } = redis.requests;
    await limiter.consume({ name: "test", key, perMinute: 10 });
    expect(redis.requests.count).toBe(count);
    redis.mode = "up";
    nowMs += 2 * MINUTE_MS;
    expect(await allowedOf(limiter, 30, 10)).toBe(10);
    expect(redis.requests.count).toBeGreaterThan(count);
  });

  it("do not start afresh when Redis goes away", async () => {
    const limiter = redisLimiter();
    expect(await allowedOf(limiter, 10, 10)).toBe(10);
    redis.mode = "failing";
    expect(await allowedOf(limiter, 10, 10)).toBe(0);
  });

  it("stay bounded when Redis accepts requests and never answers", async () => {
    redis.mode = "silent";
    expect(await allowedOf(redisLimiter({ timeoutMs: 50 }), 30, 10)).toBe(10);
  });

  it("stay bounded when the token is wrong", async () => {
    expect(await allowedOf(redisLimiter({ token: "wrong" }), 30, 10)).toBe(10);
  });
});

describe("a limit in memory", () => {
  it("forgets budgets that are full again before it grows without end", async () => {
    const limiter = createMemoryRateLimiter(clock);
    await limiter.consume({ name: "test", key, perMinute: 1 });
    for (let index = 0; index < 60_000; index += 1) {
      await limiter.consume({ name: "flood", key: String(index), perMinute: 600 });
    }
    expect((await limiter.consume({ name: "test", key, perMinute: 1 })).allowed).toBe(false);
  });
});
