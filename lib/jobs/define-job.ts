import type { z } from "zod";

/** What a handler is told beside its payload. */
export interface JobContext {
  readonly jobId: string;
  /** Attempts before this one. */
  readonly attempt: number;
  /** Aborts when the job is cancelled, lost its lease, or the worker stops. */
  readonly signal: AbortSignal;
}

/** A kind of work. The queue knows none by name: the composition root hands it all definitions. */
export interface JobDefinition<Payload extends object = object> {
  /** Queue name: letters, digits, dashes. */
  readonly name: string;
  /** Checked when a job is taken: payloads of an older program may still wait. */
  readonly schema: z.ZodType<Payload>;
  handle(payload: Payload, context: JobContext): Promise<void>;
  /** Further attempts after the first; then the job goes to the dead letters with its reason. */
  readonly retryLimit: number;
  /** Seconds one attempt may take. */
  readonly expireSeconds: number;
  /** Jobs of this kind that one worker runs at once. */
  readonly concurrency: number;
}

/** Defines a kind of work. */
export function defineJob<Payload extends object>(
  definition: JobDefinition<Payload>,
): JobDefinition<Payload> {
  return definition;
}
