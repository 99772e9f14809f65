import { evaluationRunJob } from "../evaluation/index.ts";
import { startJobs, stopJobs } from "../jobs/index.ts";
import { ingestDocumentJob, recoverDocumentsJob } from "../knowledge/index.ts";

/** Every job of the program; the queue itself knows none by name. */
const JOBS = [ingestDocumentJob, recoverDocumentsJob, evaluationRunJob];

/** Connects this process to the queue so that it may enqueue. Returns the function that disconnects it. */
export async function connectQueue(): Promise<() => Promise<void>> {
  await startJobs({ jobs: JOBS, work: false });
  return stopJobs;
}

/** Connects this process to the queue and works on its jobs. Returns the function that finishes and disconnects. */
export async function workOnQueue(): Promise<() => Promise<void>> {
  await startJobs({ jobs: JOBS, work: true });
  return stopJobs;
}
