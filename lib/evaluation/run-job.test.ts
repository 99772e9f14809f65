import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createDataset } from "./manage-datasets.ts";
import { findRuns } from "./read-runs.ts";
import { evaluationRunJob, startRun } from "./run-job.ts";
import { createTestPrincipal } from "./test-system.ts";

const line = JSON.stringify({
  id: "q1",
  question: "Why?",
  answer: null,
  answerable: false,
  tags: [],
  expectedSources: [],
});

let database: TestDatabase;
let principal: Principal;
let datasetId: string;
beforeAll(async () => {
  database = await startTestDatabase();
  principal = await createTestPrincipal();
  datasetId = (await createDataset(principal, { name: "One", jsonl: line })).id;
});
afterAll(() => database.close());

describe("startRun", () => {
  it("hands a queued run to the queue, with ids only", async () => {
    const sent: unknown[] = [];
    const run = await startRun(principal, { datasetId }, { enqueue: async (payload) => sent.push(payload) });
    expect(run).toMatchObject({ state: "queued", commit: expect.any(String), model: "", itemCount: 1 });
    expect(sent).toEqual([{ orgId: principal.orgId, userId: principal.userId, runId: run.id }]);
    expect(evaluationRunJob.schema.safeParse(sent[0]).success).toBe(true);
  });

  it("leaves no run waiting for ever when the queue is away", async () => {
    const starting = startRun(principal, { datasetId }, { enqueue: () => Promise.reject(new Error("away")) });
    await expect(starting).rejects.toMatchObject({ code: "unavailable" });
    expect((await findRuns(principal))[0]).toMatchObject({ state: "failed", errorCode: "unavailable" });
  });
});
