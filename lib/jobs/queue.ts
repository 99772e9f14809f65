import { type Job, PgBoss } from "pg-boss";
import { connectDatabase, type Database, database } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { AppError } from "../shared/errors.ts";
import type { JobDefinition } from "./define-job.ts";
import { pgBossDatabase } from "./pg-boss-database.ts";

/** Seconds without a sign of life after which a worker counts as dead, and between looks for such jobs. */
const HEARTBEAT_SECONDS = 10;
const MONITOR_SECONDS = 1;

/** How long waiting work may wait to be seen; LISTEN is not to be had in the embedded database's one session. */
const POLL_SECONDS = 0.5;

/** How long running jobs may go on when the worker stops; then they are handed back and start again elsewhere. */
const STOP_MS = 5_000;

const RETRY_DELAY_SECONDS = 1;
const KEEP_DONE_SECONDS = 7 * 24 * 3600;

interface Queue {
  readonly connection: Database;
  readonly boss: PgBoss;
  /** Aborts every running job of this process. */
  readonly stopping: AbortController;
}

// Route handlers are bundled apart from the server, in the same process: the connection is shared.
const holder = globalThis as typeof globalThis & { vouchQueue?: Queue | undefined };

/** Queue of jobs that failed for good. */
export function deadLetterName(jobName: string): string {
  return `${jobName}-dead`;
}

/** Options of {@link startJobs}. */
export interface StartJobsOptions {
  readonly jobs: readonly JobDefinition[];
  /** False for a process that only enqueues. */
  readonly work: boolean;
}

/** Connects this process to the queue; with `work`, takes jobs and runs them. */
export async function startJobs(options: StartJobsOptions): Promise<void> {
  // A connection of its own: pg-boss sends whole transactions as one text, which must not spread over a pool.
  const connection = connectDatabase(database().address, {
    maxConnections: 1,
    applicationName: "vouch-jobs",
  });
  const boss = new PgBoss({
    db: pgBossDatabase(connection),
    ...(connection.isEmbedded ? { backend: "pglite" as const } : {}),
    schedule: options.work,
    supervise: options.work,
    monitorIntervalSeconds: MONITOR_SECONDS,
    superviseIntervalSeconds: MONITOR_SECONDS,
    reindex: false,
  });
  // Its own errors (the database is away for a moment) are retried by its next round.
  boss.on("error", (error) => logger.warn({ error }, "job queue error"));
  await boss.start();
  holder.vouchQueue = { boss, connection, stopping: new AbortController() };
  for (const job of options.jobs) await prepareQueue(boss, job);
  if (options.work) for (const job of options.jobs) await work(holder.vouchQueue, job);
}

async function prepareQueue(boss: PgBoss, job: JobDefinition): Promise<void> {
  const deadLetter = deadLetterName(job.name);
  await boss.createQueue(deadLetter, { retentionSeconds: KEEP_DONE_SECONDS * 4 });
  const settings = {
    retryLimit: job.retryLimit,
    retryDelay: RETRY_DELAY_SECONDS,
    retryBackoff: true,
    expireInSeconds: job.expireSeconds,
    deleteAfterSeconds: KEEP_DONE_SECONDS,
    deadLetter,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  await boss.createQueue(job.name, { ...settings, policy: "stately" });
  await boss.updateQueue(job.name, settings);
}

async function work(queue: Queue, job: JobDefinition): Promise<void> {
  await queue.boss.work(
    job.name,
    { localConcurrency: job.concurrency, pollingIntervalSeconds: POLL_SECONDS, batchSize: 1, priority: true },
    async ([taken]: Job<object>[]) => {
      if (taken !== undefined) await runJob(queue, job, taken);
    },
  );
}

/** Runs one job. An error it throws is stored as its reason; the queue decides on another attempt. */
async function runJob(queue: Queue, job: JobDefinition, taken: Job<object>): Promise<void> {
  const startMs = performance.now();
  const signal = AbortSignal.any([taken.signal, queue.stopping.signal]);
  const fields = { queue: job.name, jobId: taken.id, attempt: taken.retryCount };
  try {
    const payload = job.schema.parse(taken.data);
    await job.handle(payload, { jobId: taken.id, attempt: taken.retryCount, signal });
    logger.info({ ...fields, durationMs: Math.round(performance.now() - startMs) }, "job done");
  } catch (error) {
    logger.warn({ ...fields, error }, "job attempt failed");
    throw error;
  }
}

/** The queue of this process. */
export function queue(): PgBoss {
  if (holder.vouchQueue === undefined)
    throw new AppError("unavailable", { message: "The job queue is not connected." });
  return holder.vouchQueue.boss;
}

/** Stops taking jobs, lets running ones end for a moment, hands the rest back, and disconnects. */
export async function stopJobs(): Promise<void> {
  const open = holder.vouchQueue;
  holder.vouchQueue = undefined;
  if (open === undefined) return;
  const timer = setTimeout(() => open.stopping.abort(), STOP_MS / 2);
  await open.boss.stop({ graceful: true, timeout: STOP_MS });
  clearTimeout(timer);
  await open.connection.close();
}
