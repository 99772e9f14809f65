import type { JobDefinition } from "./define-job.ts";
import { deadLetterName, queue } from "./queue.ts";

/** Higher is sooner: work a person waits for goes before bulk work. */
export const JOB_PRIORITY = { online: 10, offline: 0 } as const;

/** Options of {@link enqueueJob}. */
export interface EnqueueOptions {
  /** At most one waiting and one running job of the kind per key. */
  readonly key: string;
  readonly priority?: keyof typeof JOB_PRIORITY;
}

/**
 * Puts a job into the queue.
 *
 * @returns its id, or null when one with this key waits already: that one does the work.
 */
export function enqueueJob<Payload extends object>(
  job: JobDefinition<Payload>,
  payload: Payload,
  options: EnqueueOptions,
): Promise<string | null> {
  return queue().send(job.name, payload, {
    singletonKey: options.key,
    priority: JOB_PRIORITY[options.priority ?? "online"],
  });
}

/** Cancels a job: a waiting one never starts, a running one has its signal aborted. */
export async function cancelJob(job: JobDefinition, jobId: string): Promise<void> {
  await queue().cancel(job.name, jobId);
}

/** How a job stands. */
export interface JobStatus {
  readonly id: string;
  readonly state: "created" | "retry" | "active" | "completed" | "cancelled" | "failed";
  readonly attempts: number;
}

/** The job under an id, if it is kept still. */
export async function findJob(job: JobDefinition, jobId: string): Promise<JobStatus | undefined> {
  const found = await queue().getJobById(job.name, jobId);
  return found === null ? undefined : { id: found.id, state: found.state, attempts: found.retryCount };
}

/** Jobs of a kind that failed for good, with the payload and the reason of the last attempt. */
export async function listDeadLetters(job: JobDefinition): Promise<{ id: string; payload: unknown }[]> {
  const dead = await queue().findJobs(deadLetterName(job.name), { queued: true });
  return dead.map(({ id, data }) => ({ id, payload: data }));
}
