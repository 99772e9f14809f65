export { type AnyJob, defineJob, type JobContext } from "./define-job.ts";
export { cancelJob, enqueueJob, findDeadJobs, findJob } from "./manage-jobs.ts";
export { startJobs, stopJobs } from "./queue.ts";
