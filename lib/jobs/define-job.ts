import type { z } from "zod";

/** What a handler knows beside its payload. */
export interface JobContext {
  readonly jobId: string;
  /** From 1; the same job after a killed worker or an error counts on. */
  readonly attempt: number;
  /** True when no retry follows: what is not done now goes to the dead letters. */
  readonly isLastAttempt: boolean;
  /** Aborts when the job is cancelled, taken over by another worker, expired, or this process stops. */
  readonly signal: AbortSignal;
}

/** A kind of job. Handlers run at least once per job: a killed worker's job is run again, so they must be idempotent. */
export interface JobDefinition<Payload extends object> {
  readonly name: string;
  readonly schema: z.ZodType<Payload>;
  readonly handler: (payload: Payload, context: JobContext) => Promise<void>;
  /** Runs after the first failure. */
  readonly retryLimit: number;
  /** Seconds before the first retry; doubled each time, up to five minutes. */
  readonly retryDelaySeconds: number;
  /** Seconds a job may run before it counts as failed. */
  readonly expireSeconds: number;
  /** Seconds without a sign of life after which another worker takes the job over. */
  readonly heartbeatSeconds: number;
  /** Jobs of this kind that one worker process runs at once. */
  readonly concurrency: number;
  /** Called once for a job that failed for good, with the reason; must be idempotent as well. */
  readonly onDead?: (payload: Payload, reason: string) => Promise<void>;
  /** Five-field cron expression (UTC) at which a job with {@link JobDefinition.schedulePayload} is enqueued. */
  readonly cron?: string;
  readonly schedulePayload?: Payload;
}

type Optional = "retryLimit" | "retryDelaySeconds" | "expireSeconds" | "heartbeatSeconds" | "concurrency";

/** What {@link defineJob} needs at least. */
export type JobOptions<Payload extends object> = Omit<JobDefinition<Payload>, Optional> &
  Partial<Pick<JobDefinition<Payload>, Optional>>;

/** A job of any kind, as the registry holds it. */
// biome-ignore lint/suspicious/noExplicitAny: payloads of different jobs meet only here; each is checked by its schema.
export type AnyJob = JobDefinition<any>;

/** Describes a kind of job. Defaults: 5 retries from 2 s on, 15 minutes, a sign of life every 10 s, 2 at once. */
export function defineJob<Payload extends object>(options: JobOptions<Payload>): JobDefinition<Payload> {
  return {
    retryLimit: 5,
    retryDelaySeconds: 2,
    expireSeconds: 900,
    heartbeatSeconds: 10,
    concurrency: 2,
    ...options,
  };
}

/** Name of the queue that holds the dead letters of a job. */
export function deadLetterQueue(jobName: string): string {
  return `${jobName}.dead`;
}
