import type { TenantScope } from "../platform/db/index.ts";
import { formatDataset, parseDataset } from "./parse-dataset.ts";
import {
  deleteDatasetRow,
  findDatasetRows,
  getDatasetItemRows,
  getDatasetRow,
  insertDataset,
  insertSampleDataset,
  replaceDatasetItems,
  updateDatasetRow,
} from "./queries/datasets.ts";
import {
  type CreateDataset,
  createDatasetSchema,
  type Dataset,
  type DatasetItem,
  type UpdateDataset,
} from "./schema.ts";

/** Name of the dataset that ships with the program. */
export const SAMPLE_DATASET_NAME = "Sample questions";

/** Every dataset, the sample one first. */
export function findDatasets(scope: TenantScope): Promise<Dataset[]> {
  return findDatasetRows(scope);
}

/** One dataset with its questions. @throws AppError `not_found` */
export async function getDataset(
  scope: TenantScope,
  datasetId: string,
): Promise<{ dataset: Dataset; items: DatasetItem[] }> {
  const dataset = await getDatasetRow(scope, datasetId);
  return { dataset, items: await getDatasetItemRows(scope, datasetId) };
}

/**
 * Makes a dataset, with the questions of a JSONL text when one is given.
 *
 * @throws AppError `dataset_name_taken`, `dataset_invalid`, `dataset_too_large`; nothing is made then.
 */
export async function createDataset(scope: TenantScope, input: CreateDataset): Promise<Dataset> {
  const { name, description, jsonl } = createDatasetSchema.parse(input);
  const items = jsonl === undefined ? [] : parseDataset(jsonl);
  const id = await insertDataset(scope, { name, description, isSample: false, items });
  return getDatasetRow(scope, id);
}

/** Renames or describes a dataset; its version stays. @throws AppError `not_found`, `dataset_name_taken` */
export async function updateDataset(
  scope: TenantScope,
  datasetId: string,
  change: UpdateDataset,
): Promise<Dataset> {
  await updateDatasetRow(scope, datasetId, change);
  return getDatasetRow(scope, datasetId);
}

/** Deletes a dataset, its questions and its runs. @throws AppError `not_found` */
export function deleteDataset(scope: TenantScope, datasetId: string): Promise<void> {
  return deleteDatasetRow(scope, datasetId);
}

/**
 * Replaces the questions by those of a JSONL text and raises the version; the same questions again change nothing.
 *
 * @throws AppError `not_found`, `dataset_in_use`, `dataset_invalid`, `dataset_too_large`; nothing is changed then.
 */
export async function importDatasetItems(
  scope: TenantScope,
  datasetId: string,
  jsonl: string,
): Promise<Dataset> {
  const items = parseDataset(jsonl);
  const current = await getDatasetItemRows(scope, datasetId);
  if (formatDataset(current) !== formatDataset(items)) await replaceDatasetItems(scope, datasetId, items);
  return getDatasetRow(scope, datasetId);
}

/** The questions as JSONL, in the form the import reads. @throws AppError `not_found` */
export async function exportDataset(scope: TenantScope, datasetId: string): Promise<string> {
  return formatDataset(await getDatasetItemRows(scope, datasetId));
}

/** Makes the dataset that ships with the program, once per organisation; later calls change nothing. */
export async function seedSampleDataset(scope: TenantScope, jsonl: string): Promise<void> {
  await insertSampleDataset(scope, {
    name: SAMPLE_DATASET_NAME,
    description: "Questions over the sample documents that come with Vouch.",
    items: parseDataset(jsonl),
  });
}
