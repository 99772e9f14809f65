import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AnswerEpoch } from "../queries/answer-epochs.ts";
import { type AnswerEpochs, followAnswerEpochs, LONGEST_TTL_MS } from "./answer-epochs.ts";
import { answerKey } from "./answer-key.ts";

let rows: AnswerEpoch[];
let isAway: boolean;
let isSilent: boolean;
let isNeeded: boolean;
let forgotten: string[];
let asked: (number | undefined)[];
let epochs: AnswerEpochs;

beforeEach(() => {
  vi.useFakeTimers();
  rows = [{ orgId: "one", epoch: 4, ageMs: 5_000 }];
  isAway = false;
  isSilent = false;
  isNeeded = true;
  forgotten = [];
  asked = [];
  epochs = followAnswerEpochs(
    { isNeeded: () => isNeeded, forget: (orgId) => void forgotten.push(orgId) },
    {
      nowMs: () => Date.now(),
      find: async (withinMs) => {
        asked.push(withinMs);
        if (isSilent) return new Promise(() => {});
        if (isAway) throw new Error("the database is away");
        return rows;
      },
    },
  );
});
afterEach(() => {
  epochs.close();
  vi.useRealTimers();
});

describe("the epoch of an organisation", () => {
  test("is asked for once, then known without a promise", async () => {
    const [first, second] = [epochs.of("one"), epochs.of("unknown")];
    expect(await first).toBe(4);
    expect(await second).toBe(0);
    expect(epochs.of("one")).toBe(4);
    expect(asked).toEqual([undefined]);
  });

  test("follows removals elsewhere within a second, and answers from before are forgotten", async () => {
    await epochs.of("one");
    forgotten = [];
    rows = [{ orgId: "one", epoch: 5, ageMs: 10 }];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(epochs.of("one")).toBe(5);
    expect(forgotten).toEqual(["one"]);
    expect(epochs.isCurrent(answerKey("one", 4, "x"))).toBe(false);
    expect(epochs.isCurrent(answerKey("one", 5, "x"))).toBe(true);
  });

  test("is not known while the database is away for longer than three seconds", async () => {
    await epochs.of("one");
    isAway = true;
    await vi.advanceTimersByTimeAsync(2_900);
    expect(epochs.of("one")).toBe(4);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await epochs.of("one")).toBeUndefined();
    isAway = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await epochs.of("one")).toBe(4);
  });

  test("keeps no request waiting for a database that is away, and one second at most for one that is silent", async () => {
    isAway = true;
    expect(await epochs.of("one")).toBeUndefined();
    expect(epochs.of("one")).toBeUndefined();
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    isSilent = true;
    const waiting = epochs.of("one");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await waiting).toBeUndefined();
  });

  test("is looked for by the clock only while answers are kept", async () => {
    await epochs.of("one");
    isNeeded = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    await epochs.of("one");
    expect(asked[1]).toBeGreaterThan(60_000);
  });

  test("is read anew for a removal that is told while a look is under way", async () => {
    const running = epochs.look();
    rows = [{ orgId: "one", epoch: 5, ageMs: 0 }];
    await Promise.all([running, epochs.look()]);
    expect(asked).toHaveLength(2);
    expect(epochs.of("one")).toBe(5);
  });

  test("clears what processes before this one left, as far as it can still be there", async () => {
    rows = [...rows, { orgId: "long ago", epoch: 2, ageMs: LONGEST_TTL_MS + 1 }];
    await epochs.look();
    expect(forgotten).toEqual(["one"]);
  });
});
