import { expect, it } from "vitest";
import { createModelTurns } from "./model-turns.ts";

const never = new AbortController().signal;

it("lets so many work at once, the others in their order", async () => {
  const turns = createModelTurns(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const works = [0, 1, 2, 3].map((number) =>
    turns.take(never, () => {
      begun.push(number);
      return new Promise<number>((resolve) => ends.push(() => resolve(number)));
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await works[1];
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  for (const index of [0, 2]) ends[index]?.();
  await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
  ends[3]?.();
  expect(await Promise.all(works)).toEqual([0, 1, 2, 3]);
});

it("gives a turn on when its work fails, and passes over whoever stopped waiting", async () => {
  const turns = createModelTurns(1);
  let fail = (_error: Error) => {};
  const failing = turns.take(never, () => new Promise<void>((_resolve, reject) => (fail = reject)));
  const leaver = new AbortController();
  const left = turns.take(leaver.signal, async () => "left");
  const next = turns.take(never, async () => "next");
  leaver.abort(new Error("stopped"));
  await expect(left).rejects.toThrow("stopped");
  fail(new Error("broken"));
  await expect(failing).rejects.toThrow("broken");
  await expect(next).resolves.toBe("next");
  await expect(turns.take(leaver.signal, async () => "")).rejects.toThrow("stopped");
});

it("rests for a while after an outage", () => {
  let nowMs = 1_000;
  const turns = createModelTurns(1, { nowMs: () => nowMs });
  expect(turns.isResting).toBe(false);
  turns.noteOutage();
  expect(turns.isResting).toBe(true);
  nowMs += 30_000;
  expect(turns.isResting).toBe(false);
});
