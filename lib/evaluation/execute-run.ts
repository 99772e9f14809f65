import { setTimeout as delay } from "node:timers/promises";
import type { Principal } from "../identity/schema.ts";
import type { TenantScope } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { type MeasureDeps, measureItem } from "./measure-item.ts";
import { summariseScores } from "./metrics/summarise-scores.ts";
import { getDatasetItemRows, getDatasetRow } from "./queries/datasets.ts";
import { findDoneItemIds, findRunItemRows, insertRunItem } from "./queries/run-items.ts";
import { beginRun, endRun, findRunState, getRunRow, recordMeasured } from "./queries/runs.ts";
import type { Run, RunSummary } from "./schema.ts";

/** How often a running question is checked against a stop. */
const STOP_POLL_MS = 1000;

/** What a run needs from outside. */
export type RunDeps = MeasureDeps;

/** The clock and the timer of this machine. */
export const realClock = {
  delay: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }),
  nowMs: () => performance.now(),
};

/** Options of {@link executeRun}. */
export interface ExecuteRunOptions {
  /** Aborts when the process ends; the run stays as it is and is taken up again. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (itemsDone: number, itemCount: number) => void;
}

/** The totals over the items stored so far. */
export async function summariseRun(scope: TenantScope, runId: string): Promise<RunSummary> {
  const items = await findRunItemRows(scope, runId);
  return {
    totals: summariseScores(items.map((item) => item.scores)),
    failedItems: items.filter((item) => item.errorCode !== null).length,
  };
}

/** A signal that aborts once the run is no longer running, for as long as `work` takes. */
async function whileRunning<Result>(
  scope: TenantScope,
  runId: string,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | "ended"> {
  const ended = new AbortController();
  const poll = setInterval(() => {
    findRunState(scope, runId).then(
      (state) => {
        if (state !== "running") ended.abort();
      },
      // The next poll asks again; a database that stays away ends the item by its own error.
      (error: unknown) => logger.warn({ runId, error }, "evaluation run state unknown"),
    );
  }, STOP_POLL_MS);
  try {
    return await work(outer === undefined ? ended.signal : AbortSignal.any([ended.signal, outer]));
  } catch (error) {
    if (ended.signal.aborted) return "ended";
    throw error;
  } finally {
    clearInterval(poll);
  }
}

/**
 * Measures every item of the run that is not stored yet, one after the other so that times mean something, and ends
 * the run once. Called again after a killed process, it goes on where the stored items end. Returns quietly when the
 * run was stopped, has ended or was deleted.
 */
export async function executeRun(
  principal: Principal,
  runId: string,
  deps: RunDeps,
  options: ExecuteRunOptions = {},
): Promise<void> {
  if (!(await beginRun(principal, runId))) return;
  const run = await getRunRow(principal, runId);
  const dataset = await getDatasetRow(principal, run.datasetId);
  if (dataset.version !== run.datasetVersion) {
    await endRun(principal, runId, { state: "failed", errorCode: "conflict" });
    return;
  }
  const items = await getDatasetItemRows(principal, run.datasetId);
  const done = await findDoneItemIds(principal, runId);
  let isRecorded = run.embedder !== "";
  for (const [ordinal, item] of items.entries()) {
    if (done.has(item.id)) continue;
    options.signal?.throwIfAborted();
    if ((await findRunState(principal, runId)) !== "running") return;
    const measurement = await whileRunning(principal, runId, options.signal, (signal) =>
      measureItem(principal, { ...item, ordinal }, run.configuration, deps, signal),
    );
    if (measurement === "ended") return;
    if (!isRecorded && measurement.measured !== undefined) {
      await recordMeasured(principal, runId, measurement.measured);
      isRecorded = true;
    }
    await insertRunItem(principal, runId, measurement.item);
    done.add(item.id);
    options.onProgress?.(done.size, items.length);
  }
  await completeRun(principal, run);
}

async function completeRun(scope: TenantScope, run: Run): Promise<void> {
  const summary = await summariseRun(scope, run.id);
  // Nothing measured is no measurement: every question failed, so the run did.
  const ending =
    summary.failedItems === run.itemCount
      ? ({ state: "failed", summary, errorCode: "model_failed" } as const)
      : ({ state: "complete", summary } as const);
  if (await endRun(scope, run.id, ending)) {
    logger.info({ runId: run.id, state: ending.state, count: run.itemCount }, "evaluation run ended");
  }
}
