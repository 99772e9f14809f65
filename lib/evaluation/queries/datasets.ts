import { and, asc, count, desc, eq, inArray, sql } from "drizzle-orm";
import { dataset, datasetItem, run } from "../../../drizzle/schema/evaluation.ts";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { type Dataset, type DatasetItem, datasetItemSchema } from "../schema.ts";

type DatasetTransaction = Parameters<Parameters<typeof withTenant>[1]>[0];

const datasetColumns = {
  id: dataset.id,
  name: dataset.name,
  description: dataset.description,
  version: dataset.version,
  isSample: dataset.isSample,
  createdAt: dataset.createdAt,
  itemCount: count(datasetItem.id),
  answerableCount: sql<number>`count(*) filter (where ${datasetItem.answerable})`.mapWith(Number),
};

function selectDatasets(transaction: DatasetTransaction, scope: TenantScope, id?: string) {
  return transaction
    .select(datasetColumns)
    .from(dataset)
    .leftJoin(datasetItem, and(eq(datasetItem.orgId, dataset.orgId), eq(datasetItem.datasetId, dataset.id)))
    .where(and(eq(dataset.orgId, scope.orgId), id === undefined ? undefined : eq(dataset.id, id)))
    .groupBy(dataset.id)
    .orderBy(desc(dataset.isSample), asc(dataset.name));
}

type DatasetRow = Awaited<ReturnType<typeof selectDatasets>>[number];

function toDataset(row: DatasetRow): Dataset {
  return { ...row, createdAt: row.createdAt.toISOString() };
}

/** Every dataset of the organisation, the sample one first, then by name. */
export async function findDatasetRows(scope: TenantScope): Promise<Dataset[]> {
  const rows = await withTenant(scope, (transaction) => selectDatasets(transaction, scope));
  return rows.map(toDataset);
}

/** One dataset. @throws AppError `not_found` */
export async function getDatasetRow(scope: TenantScope, id: string): Promise<Dataset> {
  const [row] = await withTenant(scope, (transaction) => selectDatasets(transaction, scope, id));
  if (row === undefined) throw new AppError("not_found");
  return toDataset(row);
}

/** The items in the order of their file. @throws AppError `not_found` */
export async function getDatasetItemRows(scope: TenantScope, id: string): Promise<DatasetItem[]> {
  const { known, rows } = await withTenant(scope, async (transaction) => ({
    known: await transaction
      .select({ id: dataset.id })
      .from(dataset)
      .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.id, id))),
    rows: await transaction
      .select()
      .from(datasetItem)
      .where(and(eq(datasetItem.orgId, scope.orgId), eq(datasetItem.datasetId, id)))
      .orderBy(asc(datasetItem.ordinal)),
  }));
  if (known.length === 0) throw new AppError("not_found");
  return rows.map((row) =>
    datasetItemSchema.parse({
      id: row.externalId,
      question: row.question,
      answer: row.answer,
      answerable: row.answerable,
      tags: row.tags,
      expectedSources: row.expectedSources,
    }),
  );
}

async function insertItems(
  transaction: DatasetTransaction,
  scope: TenantScope,
  datasetId: string,
  items: readonly DatasetItem[],
): Promise<void> {
  // In slices: no statement of the embedded database should take long.
  for (let from = 0; from < items.length; from += 200) {
    await transaction.insert(datasetItem).values(
      items.slice(from, from + 200).map((item, index) => ({
        id: newId(),
        orgId: scope.orgId,
        datasetId,
        externalId: item.id,
        ordinal: from + index,
        question: item.question,
        answer: item.answer,
        answerable: item.answerable,
        tags: item.tags,
        expectedSources: item.expectedSources,
      })),
    );
  }
}

/** Inserts a dataset with its items. @throws AppError `dataset_name_taken` */
export async function insertDataset(
  scope: TenantScope,
  values: { name: string; description: string; isSample: boolean; items: readonly DatasetItem[] },
): Promise<string> {
  const id = newId();
  await withTenant(scope, async (transaction) => {
    const inserted = await transaction
      .insert(dataset)
      .values({
        id,
        orgId: scope.orgId,
        name: values.name,
        description: values.description,
        isSample: values.isSample,
      })
      .onConflictDoNothing({ target: [dataset.orgId, dataset.name] })
      .returning({ id: dataset.id });
    if (inserted.length === 0) throw new AppError("dataset_name_taken");
    await insertItems(transaction, scope, id, values.items);
  });
  return id;
}

/** Inserts the sample dataset unless the organisation has one, whatever its name is by now. */
export async function insertSampleDataset(
  scope: TenantScope,
  values: { name: string; description: string; items: readonly DatasetItem[] },
): Promise<void> {
  const existing = await withTenant(scope, (transaction) =>
    transaction
      .select({ id: dataset.id })
      .from(dataset)
      .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.isSample, true))),
  );
  if (existing.length > 0) return;
  try {
    await insertDataset(scope, { ...values, isSample: true });
  } catch (error) {
    // Two programs starting at once, or a dataset of that name made by hand: either way there is one.
    if (!(error instanceof AppError && error.code === "dataset_name_taken")) throw error;
  }
}

/** Locks the dataset for a change or a new run. @throws AppError `not_found` */
export async function lockDataset(
  transaction: DatasetTransaction,
  scope: TenantScope,
  id: string,
): Promise<{ version: number }> {
  const [row] = await transaction
    .select({ version: dataset.version })
    .from(dataset)
    .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.id, id)))
    .for("update");
  if (row === undefined) throw new AppError("not_found");
  return row;
}

/** Replaces all items and raises the version. @throws AppError `not_found`, `dataset_in_use` while a run measures it */
export async function replaceDatasetItems(
  scope: TenantScope,
  id: string,
  items: readonly DatasetItem[],
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    const { version } = await lockDataset(transaction, scope, id);
    const active = await transaction
      .select({ id: run.id })
      .from(run)
      .where(
        and(eq(run.orgId, scope.orgId), eq(run.datasetId, id), inArray(run.state, ["queued", "running"])),
      )
      .limit(1);
    if (active.length > 0) throw new AppError("dataset_in_use");
    await transaction
      .delete(datasetItem)
      .where(and(eq(datasetItem.orgId, scope.orgId), eq(datasetItem.datasetId, id)));
    await insertItems(transaction, scope, id, items);
    await transaction
      .update(dataset)
      .set({ version: version + 1 })
      .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.id, id)));
  });
}

/** Changes name or description. @throws AppError `not_found`, `dataset_name_taken` */
export async function updateDatasetRow(
  scope: TenantScope,
  id: string,
  change: { name?: string | undefined; description?: string | undefined },
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    await lockDataset(transaction, scope, id);
    if (change.name !== undefined) {
      const [other] = await transaction
        .select({ id: dataset.id })
        .from(dataset)
        .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.name, change.name)));
      if (other !== undefined && other.id !== id) throw new AppError("dataset_name_taken");
    }
    await transaction
      .update(dataset)
      .set({
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.description === undefined ? {} : { description: change.description }),
      })
      .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.id, id)));
  });
}

/** Deletes a dataset with its items and runs. @throws AppError `not_found` */
export async function deleteDatasetRow(scope: TenantScope, id: string): Promise<void> {
  const deleted = await withTenant(scope, (transaction) =>
    transaction
      .delete(dataset)
      .where(and(eq(dataset.orgId, scope.orgId), eq(dataset.id, id)))
      .returning({ id: dataset.id }),
  );
  if (deleted.length === 0) throw new AppError("not_found");
}
