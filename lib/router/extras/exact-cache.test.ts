import { describe, expect, test } from "vitest";
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

describe("a second place for answers", () => {
  const shared = () => {
    const stored = new Map<string, StoredAnswer>();
    const store: AnswerStore = {
      get: async (key) => stored.get(key),
      put: (key, answer) => void stored.set(key, answer),
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
