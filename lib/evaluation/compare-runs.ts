import type { TenantScope } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { findProblems } from "./find-problems.ts";
import { compareScores } from "./metrics/compare-scores.ts";
import { findRunItemRows, type RunItemRow } from "./queries/run-items.ts";
import { findPreviousRunId, getRunRow } from "./queries/runs.ts";
import { type Comparison, type ItemMetric, TOTALS } from "./schema.ts";

const QUALITY_METRICS: readonly ItemMetric[] = TOTALS.flatMap((total) =>
  total.unit === "share" ? total.of : [],
);

function isChanged(before: RunItemRow, after: RunItemRow): boolean {
  if (findProblems(before).join() !== findProblems(after).join()) return true;
  return QUALITY_METRICS.some((metric) => before.scores[metric] !== after.scores[metric]);
}

/**
 * Compares a run with an older one, question by question. Questions are partners when id and wording are the same in
 * both; the others are counted and left out.
 *
 * @throws AppError `not_found` for either run, `invalid_request` when they measured different datasets.
 */
export async function compareRuns(
  scope: TenantScope,
  runId: string,
  baselineId: string,
): Promise<Comparison> {
  const run = await getRunRow(scope, runId);
  const baseline = await getRunRow(scope, baselineId);
  if (run.datasetId !== baseline.datasetId) {
    throw new AppError("invalid_request", { message: "The two runs measured different datasets." });
  }
  const after = await findRunItemRows(scope, runId);
  const before = new Map((await findRunItemRows(scope, baselineId)).map((item) => [item.externalId, item]));
  const pairs = after.flatMap((item) => {
    const partner = before.get(item.externalId);
    return partner?.question === item.question ? { before: partner, after: item } : [];
  });
  return {
    runId,
    baselineId,
    pairedItems: pairs.length,
    unpairedItems: after.length + before.size - 2 * pairs.length,
    metrics: compareScores(pairs.map((pair) => ({ before: pair.before.scores, after: pair.after.scores }))),
    changedItems: pairs.flatMap((pair) => (isChanged(pair.before, pair.after) ? pair.after.externalId : [])),
  };
}

/** The id of the complete run over the same dataset before this one, if there is one. @throws AppError `not_found` */
export async function findPreviousRun(scope: TenantScope, runId: string): Promise<string | undefined> {
  return findPreviousRunId(scope, await getRunRow(scope, runId));
}
