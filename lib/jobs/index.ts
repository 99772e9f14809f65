export { type AnyJob, defineJob, type JobContext, type JobDefinition } from "./define-job.ts";
export {
  cancelJob,
  type DeadJob,
  type EnqueueOptions,
  enqueueJob,
  findDeadJobs,
  findJob,
  type JobSummary,
} from "./manage-jobs.ts";
export { type StartJobsOptions, startJobs, stopJobs } from "./queue.ts";
export { JobStopped } from "./work-on-job.ts";
