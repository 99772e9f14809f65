import { PgBoss } from "pg-boss";
import { logger } from "../platform/log.ts";
import { AppError } from "../shared/errors.ts";
import { type AnyJob, deadLetterQueue } from "./define-job.ts";
import { lookForJobs } from "./look-for-jobs.ts";
import { queueDatabase } from "./queue-database.ts";
import { workOnJob } from "./work-on-job.ts";

/** Options of {@link startJobs}. */
export interface StartJobsOptions {
  /** Every kind of job this program knows. */
  readonly jobs: readonly AnyJob[];
  /** False: only enqueue (the web process). True: run jobs, take over dead workers' jobs, keep schedules. */
  readonly work: boolean;
}

interface RunningQueue {
  readonly boss: PgBoss;
  readonly stopWorkers: readonly (() => Promise<void>)[];
}

// Next bundles this module a second time into its route handlers: both copies share one queue.
const holder = globalThis as typeof globalThis & { vouchQueue?: RunningQueue | undefined };

/** Longest wait for pg-boss's own timers at the end. */
const STOP_TIMEOUT_MS = 5_000;

/**
 * Connects this process to the queue, which lives in the schema `pgboss` of the same database, and makes its tables on
 * first use.
 */
export async function startJobs({ jobs, work }: StartJobsOptions): Promise<void> {
  if (holder.vouchQueue !== undefined) throw new Error("the queue is connected already");
  const boss = new PgBoss({
    db: queueDatabase(),
    schema: "pgboss",
    supervise: work,
    schedule: work,
    // A dead worker is noticed within its heartbeat and two seconds, not within a minute.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    // Autovacuum and index upkeep are the database's own business; the embedded one has neither.
    monitorVacuum: false,
    reindex: false,
  });
  boss.on("error", (error: unknown) => logger.warn({ error }, "queue error"));
  await boss.start();
  for (const job of jobs) await declareQueue(boss, job, work);
  const stopWorkers = work
    ? [...jobs.flatMap((job) => startWorkers(boss, job)), lookForJobs(queuesOf(jobs))]
    : [];
  holder.vouchQueue = { boss, stopWorkers };
}

/** The queues that have workers. */
function queuesOf(jobs: readonly AnyJob[]): string[] {
  return jobs.flatMap(({ name, onDead }) => (onDead === undefined ? [name] : [name, deadLetterQueue(name)]));
}

function startWorkers(boss: PgBoss, job: AnyJob): (() => Promise<void>)[] {
  const worker = workOnJob(boss, job, job.name);
  const { onDead } = job;
  if (onDead === undefined) return [worker];
  const dead = { ...job, concurrency: 1, handler: async () => {} };
  return [worker, workOnJob(boss, dead, deadLetterQueue(job.name), onDead)];
}

async function declareQueue(boss: PgBoss, job: AnyJob, work: boolean): Promise<void> {
  const settings = {
    retryLimit: job.retryLimit,
    retryDelay: job.retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: job.expireSeconds,
    heartbeatSeconds: job.heartbeatSeconds,
    retentionSeconds: 14 * 86_400,
    deleteAfterSeconds: 7 * 86_400,
  };
  const dead = deadLetterQueue(job.name);
  await boss.createQueue(dead, settings);
  await boss.createQueue(job.name, { ...settings, policy: "exclusive", deadLetter: dead });
  await boss.updateQueue(job.name, settings);
  if (work && job.cron !== undefined) await boss.schedule(job.name, job.cron, job.schedulePayload ?? {});
}

/** Stops taking jobs, lets running ones finish for a while, hands the rest back and disconnects. */
export async function stopJobs(): Promise<void> {
  const running = holder.vouchQueue;
  holder.vouchQueue = undefined;
  if (running === undefined) return;
  await Promise.all(running.stopWorkers.map((stop) => stop()));
  await running.boss.stop({ graceful: false, close: false, timeout: STOP_TIMEOUT_MS });
}

/** The queue of this process. @throws AppError `unavailable` before {@link startJobs}. */
export function connectedQueue(): PgBoss {
  if (holder.vouchQueue === undefined) {
    throw new AppError("unavailable", { message: "The job queue is not connected." });
  }
  return holder.vouchQueue.boss;
}
