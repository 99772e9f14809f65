import { describe, expect, test } from "vitest";
import { createCoalescer } from "./coalescer.ts";

/** Work that ends when the test says so. */
function scriptedWork() {
  const calls: { signal: AbortSignal; settle: PromiseWithResolvers<string> }[] = [];
  const work = (signal: AbortSignal) => {
    const settle = Promise.withResolvers<string>();
    signal.addEventListener("abort", () => settle.reject(signal.reason));
    calls.push({ signal, settle });
    return settle.promise;
  };
  return { calls, work };
}

const aboutRequest = new Error("the request is wrong");
const aboutTry = new Error("the upstream is away");
const create = (maxWaiting?: number) =>
  createCoalescer<string>({
    isShared: (error) => error === aboutRequest,
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  });
const stay = new AbortController().signal;
/** Lets everything that is ready run. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("callers with the same key at the same time", () => {
  test("share one piece of work", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const all = Array.from({ length: 50 }, () => coalescer.run({ key: "a", signal: stay, work }));
    expect(calls).toHaveLength(1);
    calls[0]?.settle.resolve("answer");
    const results = await Promise.all(all);
    expect(results.every(({ result }) => result === "answer")).toBe(true);
    expect(results.map(({ role }) => role).filter((role) => role === "leader")).toHaveLength(1);
    expect(coalescer.size).toBe(0);
  });

  test("do not share with another key, nor with those who come later", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const first = coalescer.run({ key: "a", signal: stay, work });
    const other = coalescer.run({ key: "b", signal: stay, work });
    expect(calls).toHaveLength(2);
    for (const call of calls) call.settle.resolve("x");
    await Promise.all([first, other]);
    const later = coalescer.run({ key: "a", signal: stay, work });
    expect(calls).toHaveLength(3);
    calls[2]?.settle.resolve("y");
    expect(await later).toEqual({ result: "y", role: "leader" });
  });

  test("keep the work when its leader leaves", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const leaving = new AbortController();
    const leader = coalescer.run({ key: "a", signal: leaving.signal, work });
    const follower = coalescer.run({ key: "a", signal: stay, work });
    leaving.abort(new Error("gone"));
    await turn();
    expect(calls[0]?.signal.aborted).toBe(false);
    calls[0]?.settle.resolve("answer");
    expect(await follower).toEqual({ result: "answer", role: "follower" });
    expect(await leader).toEqual({ result: "answer", role: "leader" });
  });

  test("let a follower go at once", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const leaving = new AbortController();
    const leader = coalescer.run({ key: "a", signal: stay, work });
    const follower = coalescer.run({ key: "a", signal: leaving.signal, work });
    leaving.abort(new Error("gone"));
    await expect(follower).rejects.toThrow("gone");
    expect(calls[0]?.signal.aborted).toBe(false);
    calls[0]?.settle.resolve("answer");
    expect(await leader).toEqual({ result: "answer", role: "leader" });
  });

  test("end the work when all of them left, and nobody joins what is ending", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const leaving = new AbortController();
    const all = [1, 2, 3].map(() => coalescer.run({ key: "a", signal: leaving.signal, work }));
    leaving.abort(new Error("gone"));
    expect(calls[0]?.signal.aborted).toBe(true);
    const late = coalescer.run({ key: "a", signal: stay, work });
    expect(calls).toHaveLength(2);
    calls[1]?.settle.resolve("answer");
    expect(await late).toEqual({ result: "answer", role: "leader" });
    expect((await Promise.allSettled(all)).every(({ status }) => status === "rejected")).toBe(true);
    expect(coalescer.size).toBe(0);
  });

  test("that left before they came start nothing", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    await expect(coalescer.run({ key: "a", signal: AbortSignal.abort(), work })).rejects.toThrow();
    expect(calls).toHaveLength(0);
  });

  test("work for themselves when too many wait", async () => {
    const coalescer = create(2);
    const { calls, work } = scriptedWork();
    const all = [1, 2, 3].map(() => coalescer.run({ key: "a", signal: stay, work }));
    expect(calls).toHaveLength(2);
    for (const call of calls) call.settle.resolve("x");
    expect((await Promise.all(all)).map(({ role }) => role)).toEqual(["leader", "follower", "leader"]);
  });
});

describe("when the work fails", () => {
  test("an error about the request is everybody's", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const all = [1, 2, 3].map(() => coalescer.run({ key: "a", signal: stay, work }));
    calls[0]?.settle.reject(aboutRequest);
    for (const { status, ...rest } of await Promise.allSettled(all))
      expect([status, rest]).toEqual(["rejected", { reason: aboutRequest }]);
    expect(calls).toHaveLength(1);
  });

  test("any other error is its leader's, and the followers try once more together", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const all = [1, 2, 3, 4].map(() => coalescer.run({ key: "a", signal: stay, work }));
    const ended = Promise.allSettled(all);
    calls[0]?.settle.reject(aboutTry);
    await turn();
    expect(calls).toHaveLength(2);
    calls[1]?.settle.resolve("answer");
    const results = await ended;
    expect(results[0]).toMatchObject({ status: "rejected", reason: aboutTry });
    expect(results.slice(1).every(({ status }) => status === "fulfilled")).toBe(true);
  });

  test("twice, that is the end for all: two calls, however many wait", async () => {
    const coalescer = create();
    const { calls, work } = scriptedWork();
    const ended = Promise.allSettled(
      Array.from({ length: 100 }, () => coalescer.run({ key: "a", signal: stay, work })),
    );
    calls[0]?.settle.reject(aboutTry);
    await turn();
    calls[1]?.settle.reject(aboutTry);
    expect((await ended).every(({ status }) => status === "rejected")).toBe(true);
    expect(calls).toHaveLength(2);
    expect(coalescer.size).toBe(0);
  });
});
