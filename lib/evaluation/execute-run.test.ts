import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { AppError } from "../shared/errors.ts";
import { compareRuns, findPreviousRun } from "./compare-runs.ts";
import { executeRun, type RunDeps } from "./execute-run.ts";
import { createDataset, importDatasetItems } from "./manage-datasets.ts";
import { endRun, insertRun } from "./queries/runs.ts";
import { getRun, getRunItem, getRunWithItems, stopRun } from "./read-runs.ts";
import { runConfigurationSchema } from "./schema.ts";
import { createTestPrincipal, createTestSystem } from "./test-system.ts";

const things = ["compressor", "dialler", "gauge", "valve", "sensor", "ladder", "window", "gutter"];
const documents = [
  { fileName: "log.md", text: things.map((thing) => `The ${thing} was replaced today.`).join(" ") },
];
const item = (thing: string, change: object = {}) =>
  JSON.stringify({
    id: thing,
    question: `Was the ${thing} replaced today?`,
    answer: "Yes, replaced.",
    answerable: true,
    tags: [],
    expectedSources: [{ document: "log.md", page: null, quote: `The ${thing} was` }],
    ...change,
  });
const unanswerable = item("who", {
  question: "Who painted ceilings?",
  answerable: false,
  expectedSources: [],
});
const jsonl = [...things.map((thing) => item(thing)), unanswerable].join("\n");

let database: TestDatabase;
let principal: Principal;
let datasetId: string;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.close());

async function startRun(
  configuration: Parameters<typeof runConfigurationSchema.parse>[0] = { mode: "keyword" },
) {
  return insertRun(principal, {
    datasetId,
    configuration: runConfigurationSchema.parse(configuration),
    commit: "abc",
    createdBy: principal.userId,
  });
}

async function startFresh() {
  principal = await createTestPrincipal();
  datasetId = (await createDataset(principal, { name: "Log", jsonl })).id;
  return createTestSystem(documents);
}

describe("executeRun", () => {
  it("measures every question and stores what was measured", async () => {
    const { deps } = await startFresh();
    const runId = await startRun();
    expect(await getRun(principal, runId)).toMatchObject({ state: "queued", itemCount: 9, itemsDone: 0 });
    const progress: number[] = [];
    await executeRun(principal, runId, deps, { onProgress: (done) => progress.push(done) });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);

    const { run, items } = await getRunWithItems(principal, runId);
    expect(run).toMatchObject({
      state: "complete",
      itemsDone: 9,
      datasetVersion: 1,
      model: "test-model",
      embedder: "test-space",
      commit: "abc",
      configuration: { mode: "keyword", passages: 8, rerank: true },
    });
    expect(run.endedAt).not.toBeNull();
    const totals = Object.fromEntries((run.summary?.totals ?? []).map((total) => [total.metric, total]));
    expect(totals["recall@10"]).toMatchObject({ n: 8, value: 1 });
    expect(totals["citation-validity"]).toMatchObject({ n: 8, value: 1 });
    expect(totals.rejection).toMatchObject({ n: 1, value: 1 });
    expect(totals["latency-p50"]).toMatchObject({ n: 9, value: 10 });
    expect(items.map((one) => one.externalId)).toEqual([...things, "who"]);
    expect(items.every((one) => one.problems.length === 0)).toBe(true);

    const detail = await getRunItem(principal, runId, items[0]?.id ?? "");
    expect(detail.trace.item.expectedSources).toHaveLength(1);
    expect(detail.trace.outcome?.results[0]?.covers).toEqual([0]);
  });

  it("keeps what a killed worker had measured and asks only the rest", async () => {
    const { deps, asked } = await startFresh();
    const runId = await startRun();
    const killed = new AbortController();
    const dying: RunDeps = {
      ...deps,
      // As a kill would: nothing after this point happens, and the run stays `running`.
      answerQuestion: async (...given) => {
        if (asked.length === 4) killed.abort();
        killed.signal.throwIfAborted();
        return deps.answerQuestion(...given);
      },
    };
    await expect(executeRun(principal, runId, dying, { signal: killed.signal })).rejects.toThrow();
    expect(await getRun(principal, runId)).toMatchObject({ state: "running", itemsDone: 4 });
    const before = (await getRunWithItems(principal, runId)).items.map((one) => one.id);

    await executeRun(principal, runId, deps);
    const { run, items } = await getRunWithItems(principal, runId);
    expect(run).toMatchObject({ state: "complete", itemsDone: 9 });
    expect(items.slice(0, 4).map((one) => one.id)).toEqual(before);
    expect(asked).toHaveLength(9);

    await executeRun(principal, runId, deps);
    expect(asked).toHaveLength(9);
    expect((await getRun(principal, runId)).endedAt).toBe(run.endedAt);
  });

  it("ends once when two workers hold the same run", async () => {
    const { deps } = await startFresh();
    const runId = await startRun();
    await Promise.all([executeRun(principal, runId, deps), executeRun(principal, runId, deps)]);
    const { run, items } = await getRunWithItems(principal, runId);
    expect(run).toMatchObject({ state: "complete", itemsDone: 9 });
    expect(items).toHaveLength(9);
    expect(await endRun(principal, runId, { state: "failed" })).toBe(false);
  });

  it("goes on after a question that failed, counts it and leaves it out of the totals", async () => {
    const { deps } = await startFresh();
    const runId = await startRun();
    await executeRun(principal, runId, {
      ...deps,
      answerQuestion: (who, request, options) =>
        request.question.includes("gauge")
          ? Promise.reject(new AppError("model_unknown"))
          : deps.answerQuestion(who, request, options),
    });
    const { run, items } = await getRunWithItems(principal, runId);
    expect(run).toMatchObject({ state: "complete", itemsDone: 9, summary: { failedItems: 1 } });
    expect(run.summary?.totals.find((total) => total.metric === "decision")?.n).toBe(8);
    expect(items.find((one) => one.externalId === "gauge")).toMatchObject({
      errorCode: "model_unknown",
      problems: ["error"],
      isAnswerable: null,
    });
  });

  it("fails when every question failed", async () => {
    const { deps } = await startFresh();
    const runId = await startRun();
    await executeRun(principal, runId, {
      ...deps,
      answerQuestion: () => Promise.reject(new AppError("model_unknown")),
    });
    expect(await getRun(principal, runId)).toMatchObject({ state: "failed", errorCode: "model_failed" });
  });

  it("stops between questions, keeps what was measured and stays stopped", async () => {
    const { deps, asked } = await startFresh();
    const runId = await startRun();
    await executeRun(principal, runId, {
      ...deps,
      answerQuestion: async (...given) => {
        if (asked.length === 3) await stopRun(principal, runId);
        return deps.answerQuestion(...given);
      },
    });
    const stopped = await getRun(principal, runId);
    expect(stopped).toMatchObject({ state: "stopped", itemsDone: 3 });
    expect(stopped.summary?.totals.find((total) => total.metric === "decision")?.n).toBe(3);
    await executeRun(principal, runId, deps);
    expect(await getRun(principal, runId)).toMatchObject({ state: "stopped", itemsDone: 3 });
  });

  it("interrupts the running question when the run is stopped", async () => {
    const { deps } = await startFresh();
    const runId = await startRun();
    await executeRun(principal, runId, {
      ...deps,
      answerQuestion: async (_who, _request, { signal }) => {
        await stopRun(principal, runId);
        return new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
        });
      },
    });
    expect(await getRun(principal, runId)).toMatchObject({ state: "stopped", itemsDone: 0 });
  });

  it("does not start over a dataset without questions", async () => {
    await startFresh();
    datasetId = (await createDataset(principal, { name: "Empty" })).id;
    await expect(startRun()).rejects.toMatchObject({ code: "dataset_empty" });
  });
});

describe("compareRuns", () => {
  it("finds exactly no difference between two equal runs", async () => {
    const { deps } = await startFresh();
    const first = await startRun();
    await executeRun(principal, first, deps);
    const second = await startRun();
    await executeRun(principal, second, deps);
    expect(await findPreviousRun(principal, second)).toBe(first);
    expect(await findPreviousRun(principal, first)).toBeUndefined();
    const comparison = await compareRuns(principal, second, first);
    expect(comparison).toMatchObject({ pairedItems: 9, unpairedItems: 0, changedItems: [] });
    expect(comparison.metrics.length).toBeGreaterThan(10);
    for (const metric of comparison.metrics) expect(metric).toMatchObject({ difference: 0, verdict: "same" });
  });

  it("shows what one changed setting did, question by question", async () => {
    const { deps } = await startFresh();
    const good = await startRun({ mode: "keyword", passages: 1 });
    await executeRun(principal, good, deps);
    const bad = await startRun({ mode: "semantic", passages: 1 });
    await executeRun(principal, bad, deps);
    const comparison = await compareRuns(principal, bad, good);
    const by = Object.fromEntries(comparison.metrics.map((metric) => [metric.metric, metric]));
    expect(by["mrr@10"]).toMatchObject({ n: 8, before: 1, verdict: "worse", wins: 0, losses: 8 });
    expect(comparison.changedItems).toEqual(things);
  });

  it("pairs only questions that read the same in both runs", async () => {
    const { deps } = await startFresh();
    const first = await startRun();
    await executeRun(principal, first, deps);
    const changed = [
      item("gauge", { question: "Was a gauge replaced?" }),
      item("valve"),
      item("newcomer"),
    ].join("\n");
    await importDatasetItems(principal, datasetId, changed);
    const second = await startRun();
    await executeRun(principal, second, deps);
    expect(await compareRuns(principal, second, first)).toMatchObject({ pairedItems: 1, unpairedItems: 10 });
  });

  it("refuses runs over different datasets and runs of other organisations", async () => {
    await startFresh();
    const first = await startRun();
    datasetId = (await createDataset(principal, { name: "Other", jsonl })).id;
    const second = await startRun();
    await expect(compareRuns(principal, second, first)).rejects.toMatchObject({ code: "invalid_request" });
    const stranger = await createTestPrincipal();
    await expect(compareRuns(stranger, second, second)).rejects.toMatchObject({ code: "not_found" });
    await expect(stopRun(stranger, second)).rejects.toMatchObject({ code: "not_found" });
  });
});
