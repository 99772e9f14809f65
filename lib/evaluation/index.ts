export { compareRuns, findPreviousRun } from "./compare-runs.ts";
export { createRun } from "./create-run.ts";
export { executeRun } from "./execute-run.ts";
export {
  createDataset,
  deleteDataset,
  exportDataset,
  findDatasets,
  getDataset,
  importDatasetItems,
  SAMPLE_DATASET_NAME,
  seedSampleDataset,
  updateDataset,
} from "./manage-datasets.ts";
export { findRuns, getRun, getRunItem, getRunWithItems, stopRun } from "./read-runs.ts";
export { evaluationRunJob, startRun } from "./run-job.ts";
export { systemDeps } from "./system-deps.ts";
