import { and, asc, count, eq } from "drizzle-orm";
import { run, runItem, score } from "../../../drizzle/schema/evaluation.ts";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { type ItemScores, type ItemTrace, itemMetricSchema, itemTraceSchema } from "../schema.ts";

/** A measured item as it is stored. */
export interface MeasuredItem {
  readonly externalId: string;
  readonly ordinal: number;
  readonly question: string;
  readonly answer: string;
  readonly trace: ItemTrace;
  readonly errorCode: string | null;
  readonly latencyMs: number;
  readonly scores: ItemScores;
}

/** A stored item without its trace, which may be long. */
export type RunItemRow = Omit<MeasuredItem, "trace" | "latencyMs"> & { readonly id: string };

/**
 * Stores one item with its scores and moves the run's progress on, in one transaction. An item stored before (by a
 * worker thought dead) is kept as it is, and a run that has ended takes no more.
 */
export async function insertRunItem(scope: TenantScope, runId: string, item: MeasuredItem): Promise<void> {
  await withTenant(scope, async (transaction) => {
    const { scores, ...values } = item;
    const [target] = await transaction
      .select({ state: run.state })
      .from(run)
      .where(and(eq(run.orgId, scope.orgId), eq(run.id, runId)))
      .for("update");
    if (target?.state !== "running") return;
    const [inserted] = await transaction
      .insert(runItem)
      .values({ id: newId(), orgId: scope.orgId, runId, ...values })
      .onConflictDoNothing({ target: [runItem.runId, runItem.externalId] })
      .returning({ id: runItem.id });
    if (inserted === undefined) return;
    const rows = Object.entries(scores).map(([metric, value]) => ({
      orgId: scope.orgId,
      runItemId: inserted.id,
      metric,
      value,
    }));
    if (rows.length > 0) await transaction.insert(score).values(rows);
    const [done] = await transaction
      .select({ count: count() })
      .from(runItem)
      .where(and(eq(runItem.orgId, scope.orgId), eq(runItem.runId, runId)));
    await transaction
      .update(run)
      .set({ itemsDone: done?.count ?? 0 })
      .where(and(eq(run.orgId, scope.orgId), eq(run.id, runId)));
  });
}

/** External ids of the items a run has stored. */
export async function findDoneItemIds(scope: TenantScope, runId: string): Promise<Set<string>> {
  const rows = await withTenant(scope, (transaction) =>
    transaction
      .select({ externalId: runItem.externalId })
      .from(runItem)
      .where(and(eq(runItem.orgId, scope.orgId), eq(runItem.runId, runId))),
  );
  return new Set(rows.map((row) => row.externalId));
}

const itemColumns = {
  id: runItem.id,
  externalId: runItem.externalId,
  ordinal: runItem.ordinal,
  question: runItem.question,
  answer: runItem.answer,
  errorCode: runItem.errorCode,
};

/** Every stored item of a run with its scores, in the order of the dataset. */
export async function findRunItemRows(scope: TenantScope, runId: string): Promise<RunItemRow[]> {
  const { items, scores } = await withTenant(scope, async (transaction) => ({
    items: await transaction
      .select(itemColumns)
      .from(runItem)
      .where(and(eq(runItem.orgId, scope.orgId), eq(runItem.runId, runId)))
      .orderBy(asc(runItem.ordinal)),
    scores: await transaction
      .select({ itemId: score.runItemId, metric: score.metric, value: score.value })
      .from(score)
      .innerJoin(runItem, and(eq(runItem.orgId, score.orgId), eq(runItem.id, score.runItemId)))
      .where(and(eq(score.orgId, scope.orgId), eq(runItem.runId, runId))),
  }));
  const byItem = new Map<string, ItemScores>(items.map((item) => [item.id, {}]));
  for (const { itemId, metric, value } of scores) {
    const known = itemMetricSchema.safeParse(metric);
    const target = byItem.get(itemId);
    // A metric of another version of the program is not shown.
    if (known.success && target !== undefined) target[known.data] = value;
  }
  return items.map((item) => ({ ...item, scores: byItem.get(item.id) ?? {} }));
}

/** One item with its trace. @throws AppError `not_found` */
export async function getRunItemRow(
  scope: TenantScope,
  runId: string,
  itemId: string,
): Promise<RunItemRow & { readonly trace: ItemTrace }> {
  const { item, scores } = await withTenant(scope, async (transaction) => ({
    item: await transaction
      .select({ ...itemColumns, trace: runItem.trace })
      .from(runItem)
      .where(and(eq(runItem.orgId, scope.orgId), eq(runItem.runId, runId), eq(runItem.id, itemId))),
    scores: await transaction
      .select({ metric: score.metric, value: score.value })
      .from(score)
      .where(and(eq(score.orgId, scope.orgId), eq(score.runItemId, itemId))),
  }));
  const [row] = item;
  if (row === undefined) throw new AppError("not_found");
  const known = scores.filter(({ metric }) => itemMetricSchema.safeParse(metric).success);
  return {
    ...row,
    trace: itemTraceSchema.parse(row.trace),
    scores: Object.fromEntries(known.map(({ metric, value }) => [metric, value])),
  };
}
