import type { TenantScope } from "../platform/db/index.ts";
import { summariseRun } from "./execute-run.ts";
import { findProblems, isAnswerableByScores } from "./find-problems.ts";
import { findRunItemRows, getRunItemRow, type RunItemRow } from "./queries/run-items.ts";
import { endRun, findRunRows, getRunRow } from "./queries/runs.ts";
import type { Run, RunItem, RunItemDetail, RunWithItems } from "./schema.ts";

/** Runs listed at most. */
const RUNS_SHOWN = 100;

function toRunItem(row: RunItemRow): RunItem {
  const { id, externalId, ordinal, question, answer, errorCode, scores } = row;
  const isAnswerable = isAnswerableByScores(scores);
  return {
    id,
    externalId,
    ordinal,
    question,
    answer,
    isAnswerable,
    errorCode,
    problems: findProblems(row),
    scores,
  };
}

/** Runs, newest first, of one dataset or of all. */
export function findRuns(
  scope: TenantScope,
  filter: { datasetId?: string | undefined } = {},
): Promise<Run[]> {
  return findRunRows(scope, { ...filter, limit: RUNS_SHOWN });
}

/** One run; until it is complete its totals are those of the questions done so far. @throws AppError `not_found` */
export async function getRun(scope: TenantScope, runId: string): Promise<Run> {
  const run = await getRunRow(scope, runId);
  return run.summary === null ? { ...run, summary: await summariseRun(scope, runId) } : run;
}

/** One run with its questions, without their traces. @throws AppError `not_found` */
export async function getRunWithItems(scope: TenantScope, runId: string): Promise<RunWithItems> {
  const run = await getRun(scope, runId);
  return { run, items: (await findRunItemRows(scope, runId)).map(toRunItem) };
}

/** One question of a run with all that stood behind its figures. @throws AppError `not_found` */
export async function getRunItem(scope: TenantScope, runId: string, itemId: string): Promise<RunItemDetail> {
  const row = await getRunItemRow(scope, runId, itemId);
  return { ...toRunItem(row), trace: row.trace };
}

/** Stops a run; what it measured is kept. A run that has ended stays as it ended. @throws AppError `not_found` */
export async function stopRun(scope: TenantScope, runId: string): Promise<Run> {
  await endRun(scope, runId, { state: "stopped" });
  return getRun(scope, runId);
}
