import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import {
  type AnyJob,
  cancelJob,
  defineJob,
  enqueueJob,
  findDeadJobs,
  findJob,
  type JobContext,
  startJobs,
  stopJobs,
} from "./index.ts";

let testDatabase: TestDatabase;
const children: ChildProcess[] = [];
const patience = { timeout: 30_000, interval: 50 };
const schema = z.object({ number: z.number() });
type Payload = z.infer<typeof schema>;

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
  handler: (payload: Payload, context: JobContext) => Promise<void>,
  options: Partial<AnyJob> = {},
) {
  return defineJob({ name, schema, retryLimit: 2, retryDelaySeconds: 1, ...options, handler });
}

describe("the job queue", () => {
  it("runs each job once and tells how it stands", async () => {
    const done: number[] = [];
    const counting = job("counting", async ({ number }) => void done.push(number));
    await startJobs({ jobs: [counting], work: true });
    for (const number of [1, 2, 3]) await enqueueJob(counting, { number }, { key: String(number) });
    await vi.waitFor(() => expect(done.toSorted()).toEqual([1, 2, 3]), patience);
    await vi.waitFor(async () => {
      for (const key of ["1", "2", "3"]) {
        expect(await findJob(counting, { key })).toMatchObject({ state: "completed", attempt: 1 });
      }
    }, patience);
    expect(await findJob(counting, { key: "never" })).toBeNull();
  });

  it("has one job per key at a time, and takes the key again once it is done", async () => {
    let finish = () => {};
    const held = job("keyed", () => new Promise<void>((resolve) => (finish = resolve)));
    await startJobs({ jobs: [held], work: true });
    expect(await enqueueJob(held, { number: 1 }, { key: "same" })).not.toBeNull();
    await vi.waitFor(
      async () => expect((await findJob(held, { key: "same" }))?.state).toBe("active"),
      patience,
    );
    expect(await enqueueJob(held, { number: 2 }, { key: "same" })).toBeNull();
    finish();
    await vi.waitFor(
      async () => expect(await enqueueJob(held, { number: 3 }, { key: "same" })).not.toBeNull(),
      patience,
    );
    await vi.waitFor(
      async () => expect((await findJob(held, { key: "same" }))?.state).toBe("active"),
      patience,
    );
    finish();
  });

  it("takes urgent jobs before others that wait longer", async () => {
    const order: number[] = [];
    const ordered = job("ordered", async ({ number }) => void order.push(number), { concurrency: 1 });
    await startJobs({ jobs: [ordered], work: false });
    await enqueueJob(ordered, { number: 1 });
    await enqueueJob(ordered, { number: 2 });
    await enqueueJob(ordered, { number: 3 }, { priority: 10 });
    await stopJobs();
    await startJobs({ jobs: [ordered], work: true });
    await vi.waitFor(() => expect(order).toEqual([3, 1, 2]), patience);
  });

  it("tries again, then tells of the dead letter once with its reason; a poisoned job holds up no other", async () => {
    const done: number[] = [];
    const attempts: [number, boolean][] = [];
    const dead: [number, string][] = [];
    const picky = job(
      "picky",
      async ({ number }, { attempt, isLastAttempt }) => {
        if (number === 13) {
          attempts.push([attempt, isLastAttempt]);
          throw new Error("unlucky");
        }
        done.push(number);
      },
      {
        retryLimit: 1,
        concurrency: 1,
        onDead: async ({ number }, reason) => void dead.push([number, reason]),
      },
    );
    await startJobs({ jobs: [picky], work: true });
    await enqueueJob(picky, { number: 13 });
    for (let number = 0; number < 10; number += 1) await enqueueJob(picky, { number });
    await vi.waitFor(() => expect(done).toHaveLength(10), patience);
    await vi.waitFor(() => expect(dead).toEqual([[13, "Error: unlucky"]]), patience);
    expect(attempts).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(await findDeadJobs(picky)).toMatchObject([{ payload: { number: 13 }, reason: "Error: unlucky" }]);
  });

  it("never runs a payload that does not fit", async () => {
    const handler = vi.fn(async () => {});
    const strict = job("strict", handler, { retryLimit: 0 });
    await startJobs({ jobs: [strict], work: false });
    await expect(enqueueJob(strict, { number: "one" } as never)).rejects.toThrow();
    // As an older program may have left it.
    await enqueueJob({ ...strict, schema: z.object({}).loose() } as never, { number: "one" });
    await stopJobs();
    await startJobs({ jobs: [strict], work: true });
    await vi.waitFor(async () => expect(await findDeadJobs(strict)).toHaveLength(1), patience);
    expect(handler).not.toHaveBeenCalled();
  });

  it("never starts a cancelled job that waits, and stops one that runs", { timeout: 40_000 }, async () => {
    const waits = vi.fn(async () => {});
    const waiting = job("cancelled-waiting", waits);
    const stopped: unknown[] = [];
    const running = job("cancelled-running", async (_payload, { signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      stopped.push((signal.reason as Error).message);
    });
    await startJobs({ jobs: [waiting], work: false });
    await enqueueJob(waiting, { number: 1 }, { key: "1" });
    expect(await cancelJob(waiting, { key: "1" })).toBe(true);
    expect(await cancelJob(waiting, { key: "1" })).toBe(false);
    await stopJobs();
    await startJobs({ jobs: [waiting, running], work: true });
    await enqueueJob(running, { number: 2 }, { key: "2" });
    await vi.waitFor(
      async () => expect((await findJob(running, { key: "2" }))?.state).toBe("active"),
      patience,
    );
    await cancelJob(running, { key: "2" });
    await vi.waitFor(() => expect(stopped).toEqual(["the job was stopped: cancelled"]), patience);
    expect((await findJob(running, { key: "2" }))?.state).toBe("cancelled");
    expect((await findJob(waiting, { key: "1" }))?.state).toBe("cancelled");
    expect(waits).not.toHaveBeenCalled();
  });

  it("gives the job of a killed worker to another, which ends it once", { timeout: 60_000 }, async () => {
    const work = job("test-work", async () => {}, { retryLimit: 3 });
    await startJobs({ jobs: [work], work: false });
    const heard: object[] = [];
    const first = startWorker(60_000, heard);
    await enqueueJob(work, { number: 7 }, { key: "7" });
    await vi.waitFor(() => expect(heard).toEqual([{ begun: 7, attempt: 1 }]), patience);
    first.kill("SIGKILL");
    startWorker(0, heard);
    await vi.waitFor(async () => expect((await findJob(work, { key: "7" }))?.state).toBe("completed"), {
      ...patience,
      timeout: 45_000,
    });
    expect(heard).toEqual([
      { begun: 7, attempt: 1 },
      { begun: 7, attempt: 2 },
      { ended: 7, attempt: 2 },
    ]);
  });

  it("hands running jobs back when the process stops", { timeout: 40_000 }, async () => {
    const seen: number[] = [];
    let stop = true;
    const stubborn = job("handed-back", async (_payload, { attempt, signal }) => {
      seen.push(attempt);
      if (stop)
        await new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    await startJobs({ jobs: [stubborn], work: true });
    await enqueueJob(stubborn, { number: 1 }, { key: "1" });
    await vi.waitFor(() => expect(seen).toEqual([1]), patience);
    await stopJobs();
    stop = false;
    await startJobs({ jobs: [stubborn], work: true });
    await vi.waitFor(
      async () => expect((await findJob(stubborn, { key: "1" }))?.state).toBe("completed"),
      patience,
    );
    expect(seen).toEqual([1, 2]);
  });
});

function startWorker(holdMs: number, heard: object[]): ChildProcess {
  const main = join(import.meta.dirname, "test-worker.ts");
  const child = fork(main, [testDatabase.socketPath, String(holdMs)], { execArgv: [] });
  child.on("message", (message) => heard.push(message as object));
  children.push(child);
  return child;
}
