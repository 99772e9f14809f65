import type { JobWithMetadata } from "pg-boss";
import { newId } from "../shared/ids.ts";
import { deadLetterQueue, type JobDefinition } from "./define-job.ts";
import { announceEnqueued } from "./local-wake.ts";
import { connectedQueue } from "./queue.ts";
import { reasonOf } from "./work-on-job.ts";

/** How a job is enqueued. */
export interface EnqueueOptions {
  /** At most one job of its kind with this key waits or runs at a time. */
  readonly key?: string;
  /** Higher goes first; 0 by default. */
  readonly priority?: number;
  readonly delaySeconds?: number;
}

/** A job as it stands. */
export interface JobSummary {
  readonly id: string;
  readonly state: JobWithMetadata["state"];
  readonly attempt: number;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/**
 * Puts a job into the queue; it is stored when this returns.
 *
 * @returns its id, or null when a job with that key waits or runs already.
 * @throws ZodError when the payload does not fit.
 */
export async function enqueueJob<Payload extends object>(
  job: JobDefinition<Payload>,
  payload: Payload,
  options: EnqueueOptions = {},
): Promise<string | null> {
  const id = newId();
  const sent = await connectedQueue().send(job.name, job.schema.parse(payload), {
    id,
    // The queue allows one job per key; a job without a key is alone with its own id.
    singletonKey: options.key ?? id,
    priority: options.priority ?? 0,
    ...(options.delaySeconds === undefined ? {} : { startAfter: options.delaySeconds }),
  });
  announceEnqueued(job.name);
  return sent;
}

/** The latest job of a kind with that key or id; null when there is none (any more). */
export async function findJob<Payload extends object>(
  job: JobDefinition<Payload>,
  by: { readonly id: string } | { readonly key: string },
): Promise<JobSummary | null> {
  const found = await connectedQueue().findJobs<object>(job.name, by);
  const latest = found.toSorted((a, b) => +new Date(b.createdOn) - +new Date(a.createdOn))[0];
  return latest === undefined ? null : summarise(latest);
}

/** Takes waiting jobs out of the queue and stops a running one, at the latest at its next sign of life. */
export async function cancelJob<Payload extends object>(
  job: JobDefinition<Payload>,
  by: { readonly id: string } | { readonly key: string },
): Promise<boolean> {
  const boss = connectedQueue();
  const found = await boss.findJobs<object>(job.name, by);
  const open = found.filter(({ state }) => state === "created" || state === "retry" || state === "active");
  if (open.length === 0) return false;
  await boss.cancel(
    job.name,
    open.map(({ id }) => id),
  );
  return true;
}

/** A job that failed for good, with its reason. */
export interface DeadJob extends JobSummary {
  readonly reason: string;
}

/** The dead letters of a job, newest first. */
export async function findDeadJobs<Payload extends object>(
  job: JobDefinition<Payload>,
): Promise<readonly DeadJob[]> {
  const letters = await connectedQueue().findJobs<object>(deadLetterQueue(job.name));
  return letters
    .map((letter) => ({ ...summarise(letter), reason: reasonOf(letter) }))
    .toSorted((a, b) => +b.createdAt - +a.createdAt);
}

function summarise(job: JobWithMetadata<object>): JobSummary {
  return {
    id: job.id,
    state: job.state,
    attempt: job.retryCount + 1,
    payload: job.data,
    createdAt: new Date(job.createdOn),
  };
}
