import { and, count, desc, eq, inArray, sql } from "drizzle-orm";
import { dataset, datasetItem, run } from "../../../drizzle/schema/evaluation.ts";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { type Run, type RunConfiguration, type RunState, type RunSummary, runSchema } from "../schema.ts";
import { lockDataset } from "./datasets.ts";

const runColumns = {
  id: run.id,
  datasetId: run.datasetId,
  datasetName: dataset.name,
  datasetVersion: run.datasetVersion,
  state: run.state,
  configuration: run.configuration,
  model: run.model,
  embedder: run.embedder,
  commit: run.commit,
  itemCount: run.itemCount,
  itemsDone: run.itemsDone,
  summary: run.summary,
  errorCode: run.errorCode,
  createdAt: run.createdAt,
  startedAt: run.startedAt,
  endedAt: run.endedAt,
};

/** Which runs to list. */
export interface RunFilter {
  readonly datasetId?: string | undefined;
  readonly runId?: string | undefined;
  readonly limit: number;
}

/** Runs, newest first. */
export async function findRunRows(scope: TenantScope, filter: RunFilter): Promise<Run[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction
      .select(runColumns)
      .from(run)
      .innerJoin(dataset, and(eq(dataset.orgId, run.orgId), eq(dataset.id, run.datasetId)))
      .where(
        and(
          eq(run.orgId, scope.orgId),
          filter.datasetId === undefined ? undefined : eq(run.datasetId, filter.datasetId),
          filter.runId === undefined ? undefined : eq(run.id, filter.runId),
        ),
      )
      .orderBy(desc(run.createdAt), desc(run.id))
      .limit(filter.limit),
  );
  return rows.map((row) =>
    runSchema.parse({
      ...row,
      createdAt: row.createdAt.toISOString(),
      startedAt: row.startedAt?.toISOString() ?? null,
      endedAt: row.endedAt?.toISOString() ?? null,
    }),
  );
}

/** One run. @throws AppError `not_found` */
export async function getRunRow(scope: TenantScope, runId: string): Promise<Run> {
  const [found] = await findRunRows(scope, { runId, limit: 1 });
  if (found === undefined) throw new AppError("not_found");
  return found;
}

/** The latest complete run over the same dataset before the given one. */
export async function findPreviousRunId(scope: TenantScope, of: Run): Promise<string | undefined> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction
      .select({ id: run.id })
      .from(run)
      .where(
        and(
          eq(run.orgId, scope.orgId),
          eq(run.datasetId, of.datasetId),
          eq(run.state, "complete"),
          // Ids are made in the order of time, to the millisecond and beyond it within a process.
          sql`${run.id} < ${of.id}`,
        ),
      )
      .orderBy(desc(run.id))
      .limit(1),
  );
  return row?.id;
}

/**
 * Inserts a queued run over the dataset as it stands.
 *
 * @throws AppError `not_found`, `dataset_empty`
 */
export async function insertRun(
  scope: TenantScope,
  values: { datasetId: string; configuration: RunConfiguration; commit: string; createdBy: string },
): Promise<string> {
  const id = newId();
  await withTenant(scope, async (transaction) => {
    const { version } = await lockDataset(transaction, scope, values.datasetId);
    const [items] = await transaction
      .select({ count: count() })
      .from(datasetItem)
      .where(and(eq(datasetItem.orgId, scope.orgId), eq(datasetItem.datasetId, values.datasetId)));
    if (items === undefined || items.count === 0) throw new AppError("dataset_empty");
    await transaction.insert(run).values({
      id,
      orgId: scope.orgId,
      datasetId: values.datasetId,
      datasetVersion: version,
      state: "queued",
      configuration: values.configuration,
      model: values.configuration.model ?? "",
      embedder: "",
      commit: values.commit,
      itemCount: items.count,
      createdBy: values.createdBy,
    });
  });
  return id;
}

/** What a running job needs to know of its run; undefined when it was deleted with its dataset. */
export async function findRunState(scope: TenantScope, runId: string): Promise<RunState | undefined> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction
      .select({ state: run.state })
      .from(run)
      .where(and(eq(run.orgId, scope.orgId), eq(run.id, runId))),
  );
  return row?.state;
}

/** Marks a queued run as running; one that runs already (its worker was killed) goes on. False when it has ended. */
export async function beginRun(scope: TenantScope, runId: string): Promise<boolean> {
  const rows = await withTenant(scope, (transaction) =>
    transaction
      .update(run)
      .set({ state: "running", startedAt: sql`coalesce(${run.startedAt}, now())` })
      .where(and(eq(run.orgId, scope.orgId), eq(run.id, runId), inArray(run.state, ["queued", "running"])))
      .returning({ id: run.id }),
  );
  return rows.length > 0;
}

/** Stores what the first answer showed: which model answered and which vector space was searched. */
export async function recordMeasured(
  scope: TenantScope,
  runId: string,
  measured: { model: string; embedder: string },
): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction
      .update(run)
      .set(measured)
      .where(and(eq(run.orgId, scope.orgId), eq(run.id, runId))),
  );
}

/**
 * Ends a run that has not ended; the first ending stands.
 *
 * @returns false when the run had ended already or is gone.
 */
export async function endRun(
  scope: TenantScope,
  runId: string,
  ending: { state: "complete" | "stopped" | "failed"; summary?: RunSummary; errorCode?: string },
): Promise<boolean> {
  const rows = await withTenant(scope, (transaction) =>
    transaction
      .update(run)
      .set({
        state: ending.state,
        endedAt: sql`now()`,
        summary: ending.summary ?? null,
        errorCode: ending.errorCode ?? null,
      })
      .where(and(eq(run.orgId, scope.orgId), eq(run.id, runId), inArray(run.state, ["queued", "running"])))
      .returning({ id: run.id }),
  );
  return rows.length > 0;
}
