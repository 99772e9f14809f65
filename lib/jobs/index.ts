export { defineJob, type JobContext, type JobDefinition } from "./define-job.ts";
export { cancelJob, enqueueJob, findJob, type JobStatus, listDeadLetters } from "./enqueue-job.ts";
export { startJobs, stopJobs } from "./queue.ts";
