import type { JobWithMetadata, PgBoss } from "pg-boss";
import { logger } from "../platform/log.ts";
import { toAppError } from "../shared/errors.ts";
import { completeInGroups } from "./complete-in-groups.ts";
import type { AnyJob } from "./define-job.ts";
import type { JobAttempt } from "./job-attempt.ts";
import { onEnqueued } from "./local-wake.ts";

/** Pause between two looks at an empty queue by ourselves; whoever looks at all queues wakes us before (`lookForJobs`). */
const POLL_MS = 30_000;
/** A slot that comes free waits this long for others: one look at the queue then fills several. */
const GATHER_MS = 25;
/** How long running jobs may go on after a stop before they are aborted and handed back. */
const DRAIN_MS = 8_000;
/** How long an aborted handler may take to let go. */
const LET_GO_MS = 5_000;

/** Why a handler was told to stop. */
export class JobStopped extends Error {
  readonly why: "cancelled" | "expired" | "shutdown";

  constructor(why: JobStopped["why"]) {
    super(`the job was stopped: ${why}`);
    this.name = "JobStopped";
    this.why = why;
  }
}

type OnDead = NonNullable<AnyJob["onDead"]>;

/** What one job needs to be run. */
interface Work {
  readonly boss: PgBoss;
  readonly job: AnyJob;
  readonly onDead: OnDead | undefined;
  readonly complete: (attempt: JobAttempt) => Promise<void>;
}

/**
 * Works on one queue until told to stop: takes up to `concurrency` jobs, each in a slot of its own, so that a slow or
 * failing job holds up no other.
 *
 * @returns the function that stops it.
 */
export function workOnJob(boss: PgBoss, job: AnyJob, queue: string, onDead?: OnDead): () => Promise<void> {
  const running = new Map<Promise<void>, AbortController>();
  let isStopping = false;
  let wake = () => {};
  const unsubscribe = onEnqueued(queue, () => wake());

  const pause = (milliseconds: number, until: () => boolean) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        if (!isStopping && !until()) return;
        clearTimeout(timer);
        resolve();
      };
      if (isStopping) wake();
    });
  const complete = completeInGroups((attempts) => boss.complete(queue, attempts));

  const loop = async () => {
    while (!isStopping) {
      const free = () => job.concurrency - running.size;
      if (running.size > 0 && free() > 0) await pause(GATHER_MS, () => free() * 2 >= job.concurrency);
      const taken = free() > 0 ? await take(boss, queue, free()) : [];
      for (const claimed of taken) {
        const controller = new AbortController();
        const work = runJob({ boss, job, onDead, complete }, claimed, controller).finally(() => {
          running.delete(work);
          wake();
        });
        running.set(work, controller);
      }
      // Nothing there: look again when a job is announced. All slots full: when one comes free.
      if (taken.length === 0 || free() === 0) await pause(POLL_MS, () => free() > 0);
    }
  };
  const looping = loop();

  return async () => {
    isStopping = true;
    unsubscribe();
    wake();
    await looping;
    await settleWithin([...running.keys()], DRAIN_MS);
    for (const controller of running.values()) controller.abort(new JobStopped("shutdown"));
    await settleWithin([...running.keys()], LET_GO_MS);
  };
}

async function settleWithin(work: readonly Promise<unknown>[], milliseconds: number): Promise<void> {
  if (work.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([Promise.allSettled(work), limit]);
  clearTimeout(timer);
}

async function take(boss: PgBoss, queue: string, limit: number): Promise<JobWithMetadata<object>[]> {
  try {
    return await boss.fetch<object>(queue, { batchSize: limit, includeMetadata: true });
  } catch (error) {
    // The database is away for a moment: the next look asks again.
    logger.warn({ queue, error }, "queue could not be read");
    return [];
  }
}

async function runJob(
  { boss, job, onDead, complete }: Work,
  claimed: JobWithMetadata<object>,
  controller: AbortController,
): Promise<void> {
  const startedMs = performance.now();
  const claim = { id: claimed.id, retryCount: claimed.retryCount };
  const stopWatching = watchClaim(boss, claimed, controller, job);
  let failure: unknown;
  try {
    const payload: object = job.schema.parse(claimed.data);
    if (onDead !== undefined) await onDead(payload, reasonOf(claimed));
    else {
      await job.handler(payload, {
        jobId: claimed.id,
        attempt: claimed.retryCount + 1,
        isLastAttempt: claimed.retryCount >= claimed.retryLimit,
        signal: controller.signal,
      });
    }
  } catch (error) {
    failure = error ?? new Error("the handler threw nothing");
  } finally {
    stopWatching();
  }
  const fields = { queue: claimed.name, jobId: claimed.id, attempt: claimed.retryCount + 1 };
  const durationMs = Math.round(performance.now() - startedMs);
  try {
    if (failure === undefined) await complete(claim);
    else {
      const output = { code: toAppError(failure).code, message: failureText(failure) };
      await boss.fail(claimed.name, claim, output);
      logger.warn({ ...fields, durationMs, error: failure }, "job failed");
      return;
    }
    logger.debug({ ...fields, durationMs }, "job done");
  } catch (error) {
    // Unsettled, the claim runs out and the job is run again: handlers are idempotent.
    logger.warn({ ...fields, error }, "job could not be settled");
  }
}

/** Sends signs of life, and stops the handler when the claim is lost, cancelled or too old. */
function watchClaim(
  boss: PgBoss,
  claimed: JobWithMetadata<object>,
  controller: AbortController,
  job: AnyJob,
): () => void {
  const claim = { id: claimed.id, retryCount: claimed.retryCount };
  const beat = async () => {
    try {
      const touched = (await boss.touch(claimed.name, claim)) as { affected?: number };
      if (touched.affected === 0) controller.abort(new JobStopped("cancelled"));
    } catch (error) {
      logger.warn({ queue: claimed.name, jobId: claimed.id, error }, "job sign of life not written");
    }
  };
  const heart = setInterval(() => void beat(), (job.heartbeatSeconds * 1000) / 4);
  const end = setTimeout(() => controller.abort(new JobStopped("expired")), job.expireSeconds * 1000);
  return () => {
    clearInterval(heart);
    clearTimeout(end);
  };
}

/** What is kept with a failed job: codes and words of the program, cut to a line. */
function failureText(failure: unknown): string {
  const text = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  return text.slice(0, 500);
}

/** The reason that came with a dead letter. */
export function reasonOf(letter: Pick<JobWithMetadata<object>, "sourceOutput">): string {
  const output = letter.sourceOutput as {
    code?: unknown;
    message?: unknown;
    value?: { message?: unknown };
  } | null;
  for (const value of [output?.code, output?.message, output?.value?.message]) {
    if (typeof value === "string" && value !== "internal") return value;
  }
  return "internal";
}
