import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LimitDefaults } from "../config/router-config.ts";
import type { Limiter } from "./limiter.ts";
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
  "limits of two limiters in $name (needs redis-server for redis)",
  ({ name, isThere }) => {
    const test = it.skipIf(!isThere);

    test("are exact among two limiters, however the requests fall", async () => {
      const pair = [stage.limiter(name), stage.limiter(name)] as const;
      const owner = newOwner();
      const limits = key({ requestsPerMinute: 100 });
      const outcomes = await Promise.all([
        reserveMany(390, () => pair[0].reserve(owner, demandOf(), limits)),
        reserveMany(10, () => pair[1].reserve(owner, demandOf(), limits)),
      ]);
      expect(outcomes[0].held.length + outcomes[1].held.length).toBe(100);
      expect(outcomes[0].refused[0]).toMatchObject({
        status: 429,
        detail: { type: "requests", code: "rate_limit_exceeded" },
      });
    });

    test("are exact while some requests wait for a call and others are served at once", async () => {
      const pair = [stage.limiter(name), stage.limiter(name)] as const;
      const owner = newOwner();
      const limits = key({ requestsPerMinute: 2000 });
      let passed = 0;
      let waited = 0;
      const lane = async (limiter: Limiter, pauses: number) => {
        for (let turn = 0; turn < 80; turn += 1) {
          const { held } = await reserveMany(1, () => {
            const reservation = limiter.reserve(owner, demandOf(), limits);
            if (reservation instanceof Promise) waited += 1;
            return reservation;
          });
          passed += held.length;
          await new Promise((resolve) => setTimeout(resolve, pauses));
          for (const reservation of held) reservation.settle({ tokens: 1, costMicros: 1 });
        }
      };
      await Promise.all(
        Array.from({ length: 64 }, (_, at) => lane(at % 2 === 0 ? pair[0] : pair[1], at % 4)),
      );
      expect(passed).toBe(2000);
      expect(waited).toBeGreaterThan(0);
      expect(waited).toBeLessThan(4000);
    });

    test("of streams, tokens and money hold at every moment, whatever comes and goes", async () => {
      const sumMonth = async () => 0;
      const pair = [stage.limiter(name, { sumMonth }), stage.limiter(name, { sumMonth })] as const;
      const owner = newOwner();
      const limits = {
        organisation: { monthlyBudgetMicros: 150_000 },
        user: { tokensPerMinute: 150_000 },
        key: { concurrentStreams: 90 },
      };
      const most = { streams: 0, tokens: 0, micros: 0 };
      let [running, tokens, micros, waited] = [0, 0, 0, 0];
      const note = () => {
        most.streams = Math.max(most.streams, running);
        most.tokens = Math.max(most.tokens, tokens);
        most.micros = Math.max(most.micros, micros);
      };
      const lane = async (limiter: Limiter, number: number) => {
        for (let turn = 0; turn < 40; turn += 1) {
          const { held } = await reserveMany(1, () => {
            const reservation = limiter.reserve(owner, demandOf({ isStream: true }), limits);
            if (reservation instanceof Promise) waited += 1;
            return reservation;
          });
          for (const reservation of held) {
            running += 1;
            tokens += 100;
            micros += 100;
            note();
            await new Promise((resolve) => setTimeout(resolve, number % 4));
            const used = (number * 31 + turn * 17) % 100;
            running -= 1;
            tokens += used - 100;
            micros += used - 100;
            reservation.settle({ tokens: used, costMicros: used });
          }
        }
      };
      await Promise.all(Array.from({ length: 100 }, (_, at) => lane(at % 2 === 0 ? pair[0] : pair[1], at)));
      expect(most.streams).toBeLessThanOrEqual(90);
      expect(most.tokens).toBeLessThanOrEqual(150_000);
      expect(most.micros).toBeLessThanOrEqual(150_000);
      expect(micros).toBeGreaterThan(120_000);
      expect(waited).toBeLessThan(4_000);
      expect(pair.map((limiter) => limiter.stats().reservations)).toEqual([0, 0]);
    });

    test("refuse nobody for units that another process only keeps for later", async () => {
      const pair = [stage.limiter(name), stage.limiter(name)] as const;
      const owner = newOwner();
      const limits = key({ requestsPerMinute: 1000 });
      let passed = 0;
      // A steady stream makes the first keep idle units, then it falls silent.
      for (let round = 0; round < 40; round += 1) {
        passed += (await reserveMany(10, () => pair[0].reserve(owner, demandOf(), limits))).held.length;
      }
      const rest = await reserveMany(900, () => pair[1].reserve(owner, demandOf(), limits));
      expect(passed + rest.held.length).toBe(1000);
    });
  },
);
