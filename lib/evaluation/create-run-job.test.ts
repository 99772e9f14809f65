import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { enqueueJob, startJobs, stopJobs } from "../jobs/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createRunJob } from "./create-run-job.ts";
import { createDataset } from "./manage-datasets.ts";
import { insertRun } from "./queries/runs.ts";
import { getRun, getRunWithItems } from "./read-runs.ts";
import { runConfigurationSchema } from "./schema.ts";
import { createTestPrincipal, createTestSystem } from "./test-system.ts";

const QUESTIONS = 12;
const line = (_: unknown, index: number) =>
  JSON.stringify({
    id: `q${index}`,
    question: `Question ${index}?`,
    answer: null,
    answerable: false,
    tags: [],
    expectedSources: [],
  });
const patience = { timeout: 60_000, interval: 50 };

let database: TestDatabase;
let principal: Principal;
const children: ChildProcess[] = [];
beforeAll(async () => {
  database = await startTestDatabase();
  principal = await createTestPrincipal();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await stopJobs();
  await database.close();
});

async function startRun(name: string): Promise<string> {
  const jsonl = Array.from({ length: QUESTIONS }, line).join("\n");
  const { id: datasetId } = await createDataset(principal, { name, jsonl });
  const configuration = runConfigurationSchema.parse({});
  return insertRun(principal, { datasetId, configuration, commit: "c", createdBy: principal.userId });
}

const { deps } = createTestSystem([]);
const job = createRunJob({ ...deps, findPrincipal: async () => null });

function startWorker(hangsAt = 0): { child: ChildProcess; asked: string[] } {
  const asked: string[] = [];
  const child = fork(fileURLToPath(new URL("./test-worker.ts", import.meta.url)), [
    database.socketPath,
    String(hangsAt),
  ]);
  child.on("message", (message: { asked: string }) => asked.push(message.asked));
  children.push(child);
  return { child, asked };
}

describe("the run job", () => {
  it("is taken up after kill -9 of the worker, keeps what was measured and completes once", async () => {
    await startJobs({ jobs: [job], work: false });
    const runId = await startRun("Killed");
    const { orgId, userId } = principal;
    await enqueueJob(job, { orgId, userId, runId }, { key: runId });

    const first = startWorker(5);
    await vi.waitFor(() => expect(first.asked).toHaveLength(5), patience);
    first.child.kill("SIGKILL");
    const kept = (await getRunWithItems(principal, runId)).items.map((item) => item.id);
    expect(kept).toHaveLength(4);
    expect(await getRun(principal, runId)).toMatchObject({ state: "running" });

    const second = startWorker();
    await vi.waitFor(async () => expect((await getRun(principal, runId)).state).toBe("complete"), patience);
    const { run, items } = await getRunWithItems(principal, runId);
    expect(run.itemsDone).toBe(QUESTIONS);
    expect(items.map((item) => item.id).slice(0, kept.length)).toEqual(kept);
    expect(new Set(items.map((item) => item.externalId)).size).toBe(QUESTIONS);
    // The question under way when the kill came is asked again; a stored one never is.
    expect(second.asked).toHaveLength(QUESTIONS - kept.length);
  }, 90_000);

  it("measures nothing in the name of somebody who is no administrator any more", async () => {
    const runId = await startRun("Withdrawn");
    const { orgId, userId } = principal;
    const signal = new AbortController().signal;
    await job.handler({ orgId, userId, runId }, { jobId: runId, attempt: 1, isLastAttempt: false, signal });
    expect(await getRun(principal, runId)).toMatchObject({
      state: "failed",
      errorCode: "forbidden",
      itemsDone: 0,
    });
  });

  it("marks a run as failed once no attempt is left", async () => {
    const runId = await startRun("Dead");
    const { orgId, userId } = principal;
    await job.onDead?.({ orgId, userId, runId }, "internal");
    expect(await getRun(principal, runId)).toMatchObject({ state: "failed", errorCode: "internal" });
  });
});
