import { evaluationRunJob } from "../evaluation/index.ts";
import { startJobs, stopJobs } from "../jobs/index.ts";
import {
  checkVectorSpacesJob,
  followSourceJob,
  reembedJob,
  refreshSourcesJob,
  tidyDocumentsJob,
  workOnDocuments,
} from "../knowledge/index.ts";

/** Every job of the program; the queue itself knows none by name. */
const JOBS = [
  tidyDocumentsJob,
  followSourceJob,
  refreshSourcesJob,
  reembedJob,
  checkVectorSpacesJob,
  evaluationRunJob,
];

/** Connects this process to the queue so that it may enqueue. Returns the function that disconnects it. */
export async function connectQueue(): Promise<() => Promise<void>> {
  await startJobs({ jobs: JOBS, work: false });
  return stopJobs;
}

/**
 * Connects this process to the queue and works on its jobs and on the documents that wait. Returns the function that
 * finishes and disconnects.
 */
export async function workOnQueue(): Promise<() => Promise<void>> {
  await startJobs({ jobs: JOBS, work: true });
  const stopDocuments = workOnDocuments();
  return async () => {
    await Promise.all([stopDocuments(), stopJobs()]);
  };
}
