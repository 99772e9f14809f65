import { describe, expect, test } from "vitest";
import { answerKey } from "./answer-key.ts";
import { type AnswerStore, createExactCache, type StoredAnswer } from "./exact-cache.ts";

const bytes = (size: number) => Buffer.alloc(size, "x");
const clock = () => {
  const state = { now: 1_000 };
  return { state, deps: { nowMs: () => state.now } };
};

describe("a cache", () => {
  test("gives back what was put in, until its time is over", () => {
    const { state, deps } = clock();
    const cache = createExactCache({ maxBytes: 100_000 }, deps);
    cache.put("a", Buffer.from("answer"), 500);
    expect(cache.find("a")).toMatchObject({ json: Buffer.from("answer"), storedAtMs: 1_000 });
    expect(cache.find("b")).toBeUndefined();
    state.now = 1_500;
    expect(cache.find("a")).toBeUndefined();
    expect(cache.stats()).toEqual({ entries: 0, bytes: 0, hits: 1, misses: 2, evicted: 0 });
  });

  test("never takes more bytes than it may, and drops what was not used for longest", () => {
    const cache = createExactCache({ maxBytes: 24_000 });
    for (const key of ["a", "b", "c", "d"]) cache.put(key, bytes(700), 1_000);
    expect(cache.find("a")).toBeDefined();
    for (let index = 0; index < 17; index += 1) cache.put(`e${index}`, bytes(700), 1_000);
    expect(cache.stats().bytes).toBeLessThanOrEqual(24_000);
    expect(cache.find("a")).toBeDefined();
    expect(cache.find("b")).toBeUndefined();
    expect(cache.stats().evicted).toBe(1);
  });

  test("does not keep an answer that would push out many others", () => {
    const cache = createExactCache({ maxBytes: 16_000 });
    cache.put("a", bytes(100), 1_000);
    cache.put("a", bytes(2_000), 1_000);
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test("keeps no more memory alive than it counts", async () => {
    const cache = createExactCache({ maxBytes: 100_000 });
    const slice = Buffer.from("answer");
    cache.put("a", slice, 1_000);
    const stored = await cache.find("a");
    expect(slice.buffer.byteLength).toBeGreaterThan(slice.length);
    expect(stored?.json.buffer.byteLength).toBe(slice.length);
  });

  test("counts a replaced answer once", () => {
    const cache = createExactCache({ maxBytes: 100_000 });
    for (let index = 0; index < 10; index += 1) cache.put("a", bytes(100), 1_000);
    expect(cache.stats()).toMatchObject({ entries: 1, bytes: 600 });
  });

  test("drops what does not fit any more when its bound shrinks", () => {
    const cache = createExactCache({ maxBytes: 100_000 });
    for (const key of ["a", "b", "c", "d"]) cache.put(key, bytes(700), 1_000);
    cache.resize(2_400);
    expect(cache.stats()).toMatchObject({ entries: 2, bytes: 2_400, evicted: 2 });
    expect(cache.find("d")).toBeDefined();
  });
});

describe("answers of an organisation in which something was removed", () => {
  const key = (orgId: string, epoch: number) => answerKey(orgId, epoch, "hash");

  test("are dropped everywhere, those of others stay", () => {
    const forgotten: string[] = [];
    const second: AnswerStore = {
      get: async () => undefined,
      put: () => {},
      forget: (orgId) => void forgotten.push(orgId),
    };
    const cache = createExactCache({ maxBytes: 100_000, second });
    for (const orgId of ["one", "other"]) cache.put(key(orgId, 0), bytes(10), 1_000);
    cache.forget("one");
    expect(cache.stats()).toMatchObject({ entries: 1, bytes: 510 });
    expect(cache.find(key("other", 0))).toBeDefined();
    expect(forgotten).toEqual(["one"]);
  });

  test("are not kept when they were asked for before the removal and come after it", () => {
    const cache = createExactCache({ maxBytes: 100_000, isCurrent: (asked) => asked === key("one", 1) });
    cache.put(key("one", 0), bytes(10), 1_000);
    expect(cache.stats().entries).toBe(0);
    cache.put(key("one", 1), bytes(10), 1_000);
    expect(cache.stats().entries).toBe(1);
  });

  test("do not come back from a second place that was read while the removal happened", async () => {
    let isRemoved = false;
    const second: AnswerStore = {
      get: async () => {
        isRemoved = true;
        return { json: bytes(10), storedAtMs: 0, expiresAtMs: Number.MAX_SAFE_INTEGER };
      },
      put: () => {},
      forget: () => {},
    };
    const cache = createExactCache({ maxBytes: 100_000, second, isCurrent: () => !isRemoved });
    expect(await cache.find(key("one", 0))).toBeUndefined();
    expect(cache.stats().entries).toBe(0);
  });
});

describe("a second place for answers", () => {
  const shared = () => {
    const stored = new Map<string, StoredAnswer>();
    const store: AnswerStore = {
      get: async (key) => stored.get(key),
      put: (key, answer) => void stored.set(key, answer),
      forget: () => stored.clear(),
    };
    return { stored, store };
  };

  test("serves the other processes, each of which keeps a copy", async () => {
    const { state, deps } = clock();
    const { stored, store } = shared();
    createExactCache({ maxBytes: 100_000, second: store }, deps).put("a", bytes(10), 500);
    const other = createExactCache({ maxBytes: 100_000, second: store }, deps);
    expect(await other.find("a")).toMatchObject({ json: bytes(10) });
    stored.clear();
    expect(other.find("a")).toMatchObject({ json: bytes(10) });
    state.now = 1_500;
    expect(await other.find("a")).toBeUndefined();
  });

  test("does not give out what is too old there", async () => {
    const { stored, store } = shared();
    stored.set("a", { json: bytes(10), storedAtMs: 0, expiresAtMs: 900 });
    const cache = createExactCache({ maxBytes: 100_000, second: store }, clock().deps);
    expect(await cache.find("a")).toBeUndefined();
    expect(cache.stats()).toMatchObject({ entries: 0, misses: 1 });
  });
});
