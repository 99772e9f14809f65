import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import {
  cancelJob,
  defineJob,
  enqueueJob,
  findJob,
  type JobContext,
  listDeadLetters,
  startJobs,
  stopJobs,
} from "./index.ts";

let testDatabase: TestDatabase;
const children: ChildProcess[] = [];
const patience = { timeout: 30_000, interval: 50 };

beforeAll(async () => {
  testDatabase = await startTestDatabase();
});

afterEach(async () => {
  await stopJobs();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

afterAll(() => testDatabase.close());

function job(
  name: string,
  handle: (payload: { number: number }, context: JobContext) => Promise<void>,
  retryLimit = 2,
) {
  return defineJob({
    name,
    schema: z.strictObject({ number: z.number() }),
    retryLimit,
    expireSeconds: 60,
    concurrency: 2,
    handle,
  });
}

describe("the job queue", () => {
  it("runs each job once and tells how it stands", async () => {
    const done: number[] = [];
    const counting = job("counting", async ({ number }) => void done.push(number));
    await startJobs({ jobs: [counting], work: true });
    const ids = await Promise.all(
      [1, 2, 3].map((number) => enqueueJob(counting, { number }, { key: String(number) })),
    );
    await vi.waitFor(() => expect(done.toSorted()).toEqual([1, 2, 3]), patience);
    await vi.waitFor(async () => {
      for (const id of ids) expect((await findJob(counting, id ?? ""))?.state).toBe("completed");
    }, patience);
  });

  it("keeps one waiting job per key", async () => {
    const never = job("keyed", async () => {});
    await startJobs({ jobs: [never], work: false });
    expect(await enqueueJob(never, { number: 1 }, { key: "same" })).not.toBeNull();
    expect(await enqueueJob(never, { number: 2 }, { key: "same" })).toBeNull();
  });

  it("sends what fails for good to the dead letters, and a poisoned job holds up no other", async () => {
    const done: number[] = [];
    const picky = job(
      "picky",
      async ({ number }) => {
        if (number === 13) throw new Error("unlucky");
        done.push(number);
      },
      1,
    );
    await startJobs({ jobs: [picky], work: true });
    await enqueueJob(picky, { number: 13 }, { key: "13" });
    for (let number = 0; number < 10; number += 1)
      await enqueueJob(picky, { number }, { key: String(number) });
    await vi.waitFor(() => expect(done).toHaveLength(10), patience);
    await vi.waitFor(async () => {
      expect((await listDeadLetters(picky)).map(({ payload }) => payload)).toEqual([{ number: 13 }]);
    }, patience);
  });

  it("never starts a cancelled job that waits", async () => {
    const ran = vi.fn(async () => {});
    const cancelled = job("cancelled", ran);
    await startJobs({ jobs: [cancelled], work: false });
    const id = await enqueueJob(cancelled, { number: 1 }, { key: "1" });
    await cancelJob(cancelled, id ?? "");
    expect((await findJob(cancelled, id ?? ""))?.state).toBe("cancelled");
  });

  it("gives the job of a killed worker to another, which ends it once", { timeout: 60_000 }, async () => {
    const work = job("test-work", async () => {});
    await startJobs({ jobs: [work], work: false });
    const heard: object[] = [];
    const first = startWorker(60_000, heard);
    await enqueueJob(work, { number: 7 }, { key: "7" });
    await vi.waitFor(() => expect(heard).toContainEqual({ begun: 7 }), patience);
    first.kill("SIGKILL");
    startWorker(0, heard);
    await vi.waitFor(() => expect(heard).toContainEqual({ ended: 7 }), { ...patience, timeout: 40_000 });
    expect(heard.filter((message) => "ended" in message)).toHaveLength(1);
    expect(heard.filter((message) => "begun" in message)).toHaveLength(2);
  });
});

function startWorker(holdMs: number, heard: object[]): ChildProcess {
  const main = fileURLToPath(new URL("./test-worker.ts", import.meta.url));
  const child = fork(main, [testDatabase.socketPath, String(holdMs)], { execArgv: [] });
  child.on("message", (message) => heard.push(message as object));
  children.push(child);
  return child;
}
