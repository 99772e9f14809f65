import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { newId } from "../../shared/ids.ts";
import type { LimitDefaults } from "../config/router-config.ts";
import { createDatabaseBackend } from "./database-backend.ts";
import type { LeaseBackend } from "./lease-backend.ts";
import type { SetLimits } from "./limit-rules.ts";
import type { Limiter } from "./limiter.ts";
import { noteRuleChange } from "./rule-book.ts";
import {
  backendsUnderTest,
  demandOf,
  type LimitStage,
  newOwner,
  reserveMany,
  setLimitStage,
} from "./test-limits.ts";

let stage: LimitStage;
beforeAll(async () => {
  stage = await setLimitStage();
});
afterEach(() => stage.closeLimiters());
afterAll(() => stage.close());

const key = (limits: LimitDefaults["key"]): LimitDefaults => ({ key: limits });

describe.each(backendsUnderTest)(
  "limits shared in $name (needs redis-server for redis)",
  ({ name, isThere }) => {
    const test = it.skipIf(!isThere);

    test("apply to organisation, user and key at once; a refused request takes nothing of any", async () => {
      const limiter = stage.limiter(name);
      const owner = newOwner();
      const sibling = newOwner({ orgId: owner.orgId, userId: owner.userId });
      const limits = { organisation: { requestsPerMinute: 10 }, key: { requestsPerMinute: 4 } };
      const first = await reserveMany(9, () => limiter.reserve(owner, demandOf(), limits));
      expect(first.held).toHaveLength(4);
      expect(first.refused[0]?.headers["x-vouch-limit"]).toBe("key:requestsPerMinute");
      const second = await reserveMany(9, () => limiter.reserve(sibling, demandOf(), limits));
      expect(second.held).toHaveLength(4);
      const third = await reserveMany(9, () =>
        limiter.reserve(newOwner({ orgId: owner.orgId }), demandOf(), limits),
      );
      expect(third.held).toHaveLength(2);
      expect(third.refused[0]?.message).toContain("this organisation");
    });

    test("of tokens reserve prompt and bound, and give back what was not used", async () => {
      const pair = [stage.limiter(name), stage.limiter(name)] as const;
      const owner = newOwner();
      const limits = key({ tokensPerMinute: 1000 });
      const first = await reserveMany(12, () => pair[0].reserve(owner, demandOf(), limits));
      expect(first.held).toHaveLength(10);
      expect(first.refused[0]?.detail).toMatchObject({ type: "tokens", code: "rate_limit_exceeded" });
      const [used, aborted] = [first.held.slice(0, 5), first.held.slice(5)];
      for (const reservation of used) reservation.settle({ tokens: 60, costMicros: 0 });
      for (const reservation of aborted) reservation.release();
      let regained = 0;
      await vi.waitFor(
        async () => {
          regained += (await reserveMany(1, () => pair[1].reserve(owner, demandOf(), limits))).held.length;
          expect(regained).toBe(7);
        },
        { timeout: 5_000, interval: 20 },
      );
      expect((await reserveMany(1, () => pair[1].reserve(owner, demandOf(), limits))).held).toHaveLength(0);
    });

    test("of tokens count what an answer took beyond its bound", async () => {
      const limiter = stage.limiter(name);
      const owner = newOwner();
      const limits = key({ tokensPerMinute: 1000 });
      const [first] = (await reserveMany(1, () => limiter.reserve(owner, demandOf(), limits))).held;
      first?.settle({ tokens: 850, costMicros: 0 });
      const rest = await reserveMany(5, () => limiter.reserve(owner, demandOf(), limits));
      expect(rest.held).toHaveLength(1);
    });

    test("of streams count those that run, and only those", async () => {
      const pair = [stage.limiter(name), stage.limiter(name)] as const;
      const owner = newOwner();
      const limits = key({ concurrentStreams: 3 });
      const stream = demandOf({ isStream: true });
      const first = await reserveMany(5, () => pair[0].reserve(owner, stream, limits));
      expect(first.held).toHaveLength(3);
      expect(first.refused[0]).toMatchObject({
        status: 429,
        headers: { "x-vouch-limit": "key:concurrentStreams" },
      });
      expect((await reserveMany(5, () => pair[0].reserve(owner, demandOf(), limits))).held).toHaveLength(5);
      first.held[0]?.settle({ tokens: 1, costMicros: 1 });
      first.held[0]?.settle({ tokens: 1, costMicros: 1 });
      await vi.waitFor(
        async () => {
          expect((await reserveMany(2, () => pair[1].reserve(owner, stream, limits))).held).toHaveLength(1);
        },
        { timeout: 5_000, interval: 30 },
      );
    });

    test("of money are never exceeded under concurrency, and used to the end", async () => {
      const sumMonth = async () => 0;
      const pair = [stage.limiter(name, { sumMonth }), stage.limiter(name, { sumMonth })] as const;
      const owner = newOwner();
      const budget = 20_000;
      const limits = { organisation: { monthlyBudgetMicros: budget } };
      let spent = 0;
      const lane = async (limiter: Limiter) => {
        for (let turn = 0; turn < 60; turn += 1) {
          const { held } = await reserveMany(1, () => limiter.reserve(owner, demandOf(), limits));
          const cost = 40 + ((turn * 7) % 60);
          for (const reservation of held) {
            spent += cost;
            await new Promise((resolve) => setImmediate(resolve));
            reservation.settle({ tokens: 1, costMicros: cost });
          }
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, at) => lane(at % 2 === 0 ? pair[0] : pair[1])));
      expect(spent).toBeLessThanOrEqual(budget);
      expect(spent).toBeGreaterThan(budget - 2_000);
      // What the two keep comes back, so that the last of it can be spent too.
      await vi.waitFor(
        async () => {
          const small = demandOf({ costMicros: 10 });
          const { held } = await reserveMany(1, () => pair[1].reserve(owner, small, limits));
          for (const reservation of held) {
            spent += 10;
            reservation.settle({ tokens: 1, costMicros: 10 });
          }
          expect(spent).toBeGreaterThan(budget - 10);
        },
        { timeout: 10_000, interval: 1 },
      );
      expect(spent).toBeLessThanOrEqual(budget);
    });

    test("of money begin with what the usage rows of the month say", async () => {
      const limiter = stage.limiter(name, { sumMonth: async () => 950 });
      const owner = newOwner();
      const limits = { user: { monthlyBudgetMicros: 1000 } };
      const refused = await reserveMany(1, () => limiter.reserve(owner, demandOf(), limits));
      expect(refused.refused[0]).toMatchObject({
        status: 429,
        detail: { type: "insufficient_quota", code: "insufficient_quota" },
        headers: { "x-should-retry": "false", "x-vouch-limit": "user:monthlyBudgetMicros" },
      });
      const small = demandOf({ costMicros: 50 });
      expect((await reserveMany(2, () => limiter.reserve(owner, small, limits))).held).toHaveLength(1);
    });

    test("tell how much is left and when it comes back", async () => {
      const limiter = stage.limiter(name);
      const owner = newOwner();
      const limits = key({ requestsPerMinute: 5, tokensPerMinute: 1000 });
      const { held, refused } = await reserveMany(8, () => limiter.reserve(owner, demandOf(), limits));
      expect(held).toHaveLength(5);
      expect(held.at(-1)?.headers).toMatchObject({
        "x-ratelimit-limit-requests": "5",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "500",
      });
      const headers = refused[0]?.headers ?? {};
      expect(headers["x-ratelimit-reset-requests"]).toMatch(/^\d+\.\d{3}s$/);
      expect(Number(headers["retry-after-ms"])).toBeGreaterThan(0);
      expect(Number(headers["retry-after-ms"])).toBeLessThanOrEqual(60_000);
      expect(Number(headers["retry-after"])).toBe(Math.ceil(Number(headers["retry-after-ms"]) / 1000));
    });

    test("let a minute's worth pass again when the minute is over", async () => {
      let nowMs = Date.UTC(2026, 10, 21, 12, 0, 30);
      const limiter = stage.limiter(name, { nowMs: () => nowMs });
      const owner = newOwner();
      const limits = key({ requestsPerMinute: 20, tokensPerMinute: 1_000_000 });
      const ask = () => reserveMany(30, () => limiter.reserve(owner, demandOf(), limits));
      const first = await ask();
      expect(first.held).toHaveLength(20);
      expect(first.refused[0]?.headers["retry-after"]).toBe("60");
      nowMs += 59_000;
      expect((await ask()).held).toHaveLength(0);
      nowMs += 1_000;
      const second = await ask();
      expect(second.held).toHaveLength(20);
      // An answer of the minute before gives nothing to this one.
      for (const reservation of first.held) reservation.release();
      expect((await ask()).held).toHaveLength(0);
    });

    test("begin a new budget with the month (UTC), which answers of the old month do not touch", async () => {
      let nowMs = Date.UTC(2026, 10, 30, 23, 59, 59);
      let sums = 0;
      const sumMonth = async () => {
        sums += 1;
        return 0;
      };
      const limiter = stage.limiter(name, { nowMs: () => nowMs, sumMonth });
      const owner = newOwner();
      const limits = key({ monthlyBudgetMicros: 300 });
      const ask = () => reserveMany(5, () => limiter.reserve(owner, demandOf(), limits));
      const november = await ask();
      expect(november.held).toHaveLength(3);
      nowMs += 1_000;
      for (const reservation of november.held) reservation.settle({ tokens: 1, costMicros: 100 });
      expect((await ask()).held).toHaveLength(3);
      expect(sums).toBe(2);
    });

    test("act on a change: at once in this process, soon in another", async () => {
      const owner = newOwner();
      const rules = new Map<string, SetLimits>();
      const findRules = async (subjects: Parameters<NonNullable<import("./rule-book.ts").FindRules>>[0]) =>
        subjects.flatMap((subject) => {
          const limits = rules.get(subject.id);
          return limits === undefined ? [] : [{ subject, limits }];
        });
      const limiter = stage.limiter(name, { findRules });
      const limits = key({ requestsPerMinute: 1_000_000 });
      const ask = (count: number) => reserveMany(count, () => limiter.reserve(owner, demandOf(), limits));
      expect((await ask(50)).held).toHaveLength(50);
      rules.set(owner.apiKeyId, { requestsPerMinute: 60 });
      noteRuleChange({ orgId: owner.orgId, type: "key", id: owner.apiKeyId });
      expect((await ask(50)).held).toHaveLength(10);
      rules.set(owner.apiKeyId, { requestsPerMinute: null });
      await vi.waitFor(async () => expect((await ask(1)).held).toHaveLength(1), { timeout: 10_000 });
      expect((await ask(200)).held).toHaveLength(200);
    });
  },
);

describe("a limiter", () => {
  it("answers at once, without a question to anybody, a caller who has no limit", async () => {
    const backend: LeaseBackend = {
      name: "database",
      take: () => Promise.reject(new Error("must not be asked")),
      read: async () => [],
    };
    const limiter = stage.limiter("database", { backend, findRules: async () => [] });
    const owner = newOwner();
    await limiter.reserve(owner, demandOf(), {});
    const reservation = limiter.reserve(owner, demandOf({ costMicros: null }), {});
    expect(reservation).not.toBeInstanceOf(Promise);
    expect(limiter.stats()).toEqual({ reservations: 0, leases: 0, isAlone: false });
  });

  it("calls the shared counters a few times a second while there is plenty, however many requests there are", async () => {
    const database = createDatabaseBackend();
    let calls = 0;
    const backend: LeaseBackend = {
      ...database,
      take: (call) => {
        calls += 1;
        return database.take(call);
      },
    };
    const limiter = stage.limiter("database", { backend });
    const owner = newOwner();
    const limit = { requestsPerMinute: 1e9, tokensPerMinute: 1e12, monthlyBudgetMicros: 1e13 };
    const limits = { organisation: limit, user: limit, key: limit };
    const run = async (durationMs: number) => {
      for (const endMs = performance.now() + durationMs; performance.now() < endMs; await wait(2)) {
        for (let turn = 0; turn < 5; turn += 1) {
          (await limiter.reserve(owner, demandOf(), limits)).settle({ tokens: 50, costMicros: 7 });
        }
      }
    };
    await run(500);
    calls = 0;
    await run(2_000);
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThanOrEqual(16);
  });

  it("gives idle units back to who is short of them, also when there was plenty a moment ago", async () => {
    const [one, other] = [stage.limiter("database"), stage.limiter("database")];
    const owner = newOwner();
    const limits = key({ requestsPerMinute: 3_000 });
    // Slowly, so that what is left would do for many minutes and units lie idle here.
    for (let turn = 0; turn < 30; turn += 1) {
      await one.reserve(owner, demandOf(), limits);
      await wait(20);
    }
    const rest = await reserveMany(3_100, () => other.reserve(owner, demandOf(), limits));
    expect(rest.held).toHaveLength(2_970);
  });

  it("answers most requests at once when there is plenty", async () => {
    const limiter = stage.limiter("database");
    const owner = newOwner();
    const limits = key({ requestsPerMinute: 1e9, tokensPerMinute: 1e12 });
    let waited = 0;
    for (let turn = 0; turn < 5_000; turn += 1) {
      const reservation = limiter.reserve(owner, demandOf(), limits);
      if (reservation instanceof Promise) waited += 1;
      (await reservation).settle({ tokens: 50, costMicros: 0 });
      if (turn % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(waited).toBeLessThan(500);
  });

  it("refuses a model without a price to whoever has a budget, naming the remedy", async () => {
    const limiter = stage.limiter("database");
    const limits = { organisation: { monthlyBudgetMicros: 1000 } };
    const { refused } = await reserveMany(1, () =>
      limiter.reserve(newOwner(), demandOf({ costMicros: null, model: "unpriced" }), limits),
    );
    expect(refused[0]).toMatchObject({ status: 403, detail: { code: "model_unpriced", param: "model" } });
    expect(refused[0]?.message).toMatch(/`unpriced`.*vouch\.yaml/);
  });

  it("says so when a request can never pass, and tells clients not to try again", async () => {
    const limiter = stage.limiter("database");
    const owner = newOwner();
    const limits = key({ tokensPerMinute: 500 });
    const large = demandOf({ maxCompletionTokens: 600 });
    const { refused } = await reserveMany(1, () => limiter.reserve(owner, large, limits));
    expect(refused[0]).toMatchObject({ status: 429, headers: { "x-should-retry": "false" } });
    expect(refused[0]?.message).toContain("too large");
    const assumed = demandOf({ maxCompletionTokens: 600, isCompletionAssumed: true });
    expect((await reserveMany(1, () => limiter.reserve(owner, assumed, limits))).held).toHaveLength(1);
  });

  it("gives a forgotten reservation back after its time", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    try {
      let nowMs = Date.UTC(2026, 10, 21);
      const limiter = stage.limiter("database", { nowMs: () => nowMs, reservationTimeoutMs: 60_000 });
      const limits = key({ concurrentStreams: 1 });
      const stream = demandOf({ isStream: true });
      const owner = newOwner();
      const first = await limiter.reserve(owner, stream, limits);
      nowMs += 60_000;
      vi.advanceTimersByTime(10_000);
      expect(limiter.stats().reservations).toBe(0);
      expect((await reserveMany(1, () => limiter.reserve(owner, stream, limits))).held).toHaveLength(1);
      first.settle({ tokens: 1, costMicros: 0 });
      expect((await reserveMany(1, () => limiter.reserve(owner, stream, limits))).held).toHaveLength(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("keeps the callers of different organisations apart", async () => {
    const limiter = stage.limiter("database");
    const userId = newId();
    const limits = { user: { requestsPerMinute: 3 } };
    for (const owner of [newOwner({ userId }), newOwner({ userId })]) {
      expect((await reserveMany(5, () => limiter.reserve(owner, demandOf(), limits))).held).toHaveLength(3);
    }
  });
});
