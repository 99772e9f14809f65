import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  findRedisServer,
  type RedisFront,
  startRedisFront,
} from "../../../e2e/redis-front/start-redis-front.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import { createDatabaseBackend } from "./database-backend.ts";
import type { LeaseBackend, LeaseCall, LeaseGroup, LeaseItem, QuotaKind } from "./lease-backend.ts";
import { createRedisBackend } from "./redis-backend.ts";

const hasRedis = findRedisServer() !== undefined;
const START_MS = Date.UTC(2026, 10, 21, 12, 0, 30);
const MONTH_MS = Date.UTC(2026, 10, 1);
const TTL_MS = 15_000;

let database: TestDatabase;
let redis: RedisFront | undefined;
let orgId: string;
let nowMs: number;
let calls: number;

beforeAll(async () => {
  database = await startTestDatabase();
  if (hasRedis) redis = await startRedisFront();
});
afterAll(async () => {
  await redis?.close();
  await database.close();
});
beforeEach(() => {
  orgId = newId();
  nowMs = START_MS;
  calls = 0;
});

function item(kind: QuotaKind, over: Partial<LeaseItem> = {}): LeaseItem {
  return {
    orgId,
    quota: kind,
    kind,
    limit: 100,
    leaseId: "a.1",
    windowMs: -1,
    monthMs: kind === "budget" ? MONTH_MS : 0,
    reported: 0,
    held: 0,
    idle: 0,
    wanted: 0,
    isAsking: true,
    isFrozen: true,
    isLast: false,
    seed: null,
    ...over,
  };
}

function callOf(items: readonly LeaseItem[], groups: readonly LeaseGroup[]): LeaseCall {
  calls += 1;
  return { nowMs, call: calls, ttlMs: TTL_MS, items, groups };
}

const makeBackend = { database: createDatabaseBackend, redis: () => createRedisBackend(redisOptions()) };

function redisOptions() {
  if (redis === undefined) throw new Error("no redis-server");
  return { url: redis.url, token: redis.token, timeoutMs: 20_000 };
}

describe.each([
  { name: "database" as const, isThere: true },
  { name: "redis" as const, isThere: hasRedis },
])("shared counters in $name (needs redis-server for redis)", ({ name, isThere }) => {
  const test = it.skipIf(!isThere);
  let backend: LeaseBackend;
  beforeEach(() => {
    if (isThere) backend = makeBackend[name]();
  });

  test("give a group all its parts or nothing, and name what stopped it", async () => {
    const items = [item("rate"), item("slots", { limit: 3 })];
    const reply = await backend.take(
      callOf(items, [
        {
          count: 5,
          parts: [
            [0, 10],
            [1, 1],
          ],
        },
      ]),
    );
    expect(reply.groups).toEqual([{ admitted: 3, blockedBy: 1 }]);
    expect(reply.items.map(({ granted, left }) => [granted, left])).toEqual([
      [30, 70],
      [3, 0],
    ]);
  });

  test("never hold more than a sixteenth of what is left for requests to come", async () => {
    const first = await backend.take(callOf([item("rate", { wanted: 50 })], [{ count: 4, parts: [[0, 1]] }]));
    expect(first.items[0]).toMatchObject({ granted: 4, extra: 6, left: 90 });
    const second = await backend.take(
      callOf([item("rate", { leaseId: "b.1", wanted: 50 })], [{ count: 90, parts: [[0, 1]] }]),
    );
    expect(second.items[0]).toMatchObject({ granted: 90, extra: 0, left: 0, othersIdle: 6 });
  });

  test("begin a rate's window with its first request and end it a minute later", async () => {
    const ask = () => backend.take(callOf([item("rate")], [{ count: 100, parts: [[0, 1]] }]));
    expect((await ask()).items[0]).toMatchObject({ granted: 100, windowMs: START_MS, endsInMs: 60_000 });
    nowMs += 59_999;
    const told = item("rate", { leaseId: "b.1", windowMs: START_MS });
    expect((await backend.take(callOf([told], [{ count: 1, parts: [[0, 1]] }]))).groups[0]?.admitted).toBe(0);
    nowMs += 1;
    expect((await ask()).items[0]).toMatchObject({ granted: 100, windowMs: START_MS + 60_000 });
  });

  test("count a report told twice once, and an older call that comes late not at all", async () => {
    await backend.take(callOf([item("rate", { reported: 0 })], [{ count: 40, parts: [[0, 1]] }]));
    const report = item("rate", { windowMs: START_MS, reported: 40, isAsking: false, isFrozen: false });
    await backend.take(callOf([report], []));
    expect((await backend.take(callOf([report], []))).items[0]).toMatchObject({ left: 60 });
    const late = { ...callOf([item("rate", { windowMs: START_MS, held: 50 })], []), call: 1 };
    expect((await backend.take(late)).items[0]).toMatchObject({ isStale: true });
    expect((await backend.take(callOf([report], []))).items[0]).toMatchObject({ left: 60 });
  });

  test("bring the slots of a dead process back when its lease ends, not before", async () => {
    await backend.take(callOf([item("slots", { limit: 5 })], [{ count: 5, parts: [[0, 1]] }]));
    const other = () =>
      backend.take(callOf([item("slots", { limit: 5, leaseId: "b.1" })], [{ count: 1, parts: [[0, 1]] }]));
    nowMs += TTL_MS - 1;
    expect((await other()).groups[0]?.admitted).toBe(0);
    nowMs += 1;
    expect((await other()).groups[0]?.admitted).toBe(1);
  });

  test("do not give a dead process's units of a minute away within that minute", async () => {
    await backend.take(callOf([item("rate")], [{ count: 60, parts: [[0, 1]] }]));
    nowMs += TTL_MS;
    const reply = await backend.take(
      callOf([item("rate", { leaseId: "b.1" })], [{ count: 100, parts: [[0, 1]] }]),
    );
    expect(reply.groups[0]?.admitted).toBe(40);
  });

  test("ask for the month's spending when a budget is new, and again when a holder of money died", async () => {
    const ask = (seed: number | null, leaseId = "a.1") =>
      backend.take(callOf([item("budget", { seed, leaseId })], [{ count: 1, parts: [[0, 30]] }]));
    expect((await ask(null)).items[0]).toMatchObject({ isSeeded: false, granted: 0 });
    expect((await ask(50)).items[0]).toMatchObject({ isSeeded: true, granted: 30, left: 20 });
    nowMs += TTL_MS;
    expect((await ask(null, "b.1")).items[0]).toMatchObject({ isSeeded: false, granted: 0 });
    expect((await ask(65, "b.1")).items[0]).toMatchObject({ isSeeded: true, granted: 30, left: 5 });
  });

  test("begin a budget anew with the month", async () => {
    await backend.take(callOf([item("budget", { seed: 100 })], []));
    nowMs = Date.UTC(2026, 11, 1, 0, 0, 1);
    const december = item("budget", { monthMs: Date.UTC(2026, 11, 1), seed: 0 });
    const reply = await backend.take(callOf([december], [{ count: 1, parts: [[0, 100]] }]));
    expect(reply.groups[0]?.admitted).toBe(1);
  });

  test("show present use", async () => {
    await backend.take(callOf([item("budget", { seed: 20 })], [{ count: 1, parts: [[0, 30]] }]));
    const uses = await backend.read([{ orgId, quota: "budget", kind: "budget" }]);
    expect(uses).toMatchObject([{ quota: "budget", taken: 20, endsAtMs: null }]);
    expect(await backend.read([{ orgId, quota: "nobody", kind: "rate" }])).toEqual([]);
  });
});

/** A stream of numbers from a seed, the same every time (a linear congruential generator modulo 2^32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

it.skipIf(!hasRedis)("database and Redis (needs redis-server) answer 400 random calls alike", async () => {
  const backends = [makeBackend.database(), makeBackend.redis()];
  const roll = dice(7);
  const kinds = ["budget", "rate", "slots"] as const;
  const windows = new Map<string, number>();
  for (let turn = 0; turn < 400; turn += 1) {
    nowMs += roll(4) === 0 ? roll(20_000) : roll(50);
    const leaseId = `p${roll(3)}.1`;
    const items = kinds.map((kind) => {
      const held = roll(12);
      const isAsking = roll(3) > 0;
      return item(kind, {
        leaseId,
        limit: 40 + roll(60),
        windowMs: windows.get(`${leaseId}${kind}`) ?? -1,
        reported: turn + roll(5),
        held,
        idle: roll(held + 1),
        wanted: roll(10),
        isAsking,
        isFrozen: isAsking,
        isLast: roll(10) === 0,
        seed: kind === "budget" && roll(2) === 0 ? roll(60) : null,
      });
    });
    const groups = Array.from({ length: roll(4) }, () => ({
      count: 1 + roll(6),
      parts: kinds.flatMap((_, at) => (roll(2) === 0 ? [[at, roll(9)] as const] : [])),
    }));
    const call = callOf(items, groups);
    const [left, right] = await Promise.all(backends.map((backend) => backend.take(call)));
    expect(right, `turn ${turn}: ${JSON.stringify(call)}`).toEqual(left);
    for (const [at, answer] of (left?.items ?? []).entries())
      windows.set(`${leaseId}${kinds[at]}`, answer.windowMs);
  }
});
