import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "../../platform/log.ts";
import { insertUsageAttempts } from "../queries/insert-usage-attempts.ts";
import type { UsageAttempt } from "../queries/usage-attempts.ts";
import { routerMetrics } from "../router-metrics.ts";

/** Takes rows at once, writes them soon. */
export interface UsageRecorder {
  record(row: UsageAttempt): void;
  /** Rows not yet written. */
  readonly size: number;
  /** Writes what waits; gives up after the time given and says how many rows remain. */
  flush(timeoutMs?: number): Promise<number>;
}

/** The outside of a recorder. */
export interface UsageRecorderDeps {
  readonly insert: (rows: readonly UsageAttempt[]) => Promise<void>;
}

/** A row waits no longer than this for others to share its statement. */
const GATHER_MS = 100;
/** After a write of so many rows the next ones wait longer: under load fewer, larger statements cost less. */
const MANY_ROWS = 10;
const GATHER_MANY_MS = 400;
/** Some 20 ms of the embedded database, which others wait for. */
const MAX_ROWS_PER_WRITE = 1_000;

/** About ten minutes of 30 requests/s; beyond it rows are dropped, counted and logged. */
const MAX_WAITING_ROWS = 20_000;
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000] as const;
const FLUSH_MS = 5_000;

/**
 * Gathers rows for 100 ms, under load for 400, and writes them in one statement. While the database is away rows wait in memory
 * and are tried again; ids make a repeated write harmless. A row the database refuses for what it holds is singled
 * out and dropped, so that it cannot hold up the others.
 */
export function createUsageRecorder(
  deps: UsageRecorderDeps = { insert: insertUsageAttempts },
): UsageRecorder {
  const waiting: UsageAttempt[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let failures = 0;
  let gatherMs = GATHER_MS;

  const schedule = (delayMs: number) => {
    if (timer !== undefined || writing !== undefined || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      void drain();
    }, delayMs);
  };
  const drain = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    gatherMs = waiting.length >= MANY_ROWS ? GATHER_MANY_MS : GATHER_MS;
    writing ??= writeAll(waiting, deps)
      .then(
        () => {
          failures = 0;
        },
        (error: unknown) => {
          failures += 1;
          routerMetrics().usageWriteFailures.inc();
          logger.warn(
            { error, count: waiting.length, attempt: failures },
            "usage rows wait for the database",
          );
        },
      )
      .finally(() => {
        writing = undefined;
        schedule(failures === 0 ? gatherMs : (RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? gatherMs));
      });
    return writing;
  };
  return {
    record: (row) => {
      if (waiting.length >= MAX_WAITING_ROWS) {
        drop(row, "queue_full");
        return;
      }
      waiting.push(row);
      schedule(gatherMs);
    },
    get size() {
      return waiting.length;
    },
    flush: async (timeoutMs = FLUSH_MS) => {
      const deadline = Date.now() + timeoutMs;
      while (waiting.length > 0 && Date.now() < deadline) {
        await Promise.race([drain(), sleep(deadline - Date.now(), undefined, { ref: false })]);
        if (waiting.length > 0 && failures > 0)
          await sleep(Math.min(100, Math.max(0, deadline - Date.now())));
      }
      return waiting.length;
    },
  };
}

async function writeAll(waiting: UsageAttempt[], deps: UsageRecorderDeps): Promise<void> {
  while (waiting.length > 0) {
    const rows = waiting.slice(0, MAX_ROWS_PER_WRITE);
    await writeOrSingleOut(rows, deps);
    waiting.splice(0, rows.length);
  }
}

async function writeOrSingleOut(rows: readonly UsageAttempt[], deps: UsageRecorderDeps): Promise<void> {
  try {
    await deps.insert(rows);
  } catch (error) {
    if (!isRefusedForContent(error)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only !== undefined) {
      drop(only, "refused");
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await writeOrSingleOut(rows.slice(0, half), deps);
    await writeOrSingleOut(rows.slice(half), deps);
  }
}

/** SQLSTATE classes 22 (data) and 23 (constraint): writing again cannot help. */
function isRefusedForContent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && /^2[23][0-9A-Z]{3}$/.test(at.code)) return true;
  }
  return false;
}

function drop(row: UsageAttempt, reason: "queue_full" | "refused"): void {
  routerMetrics().usageDropped.inc({ reason });
  logger.error(
    { attemptId: row.id, requestId: row.requestId, orgId: row.orgId, reason },
    "usage row dropped",
  );
}

// Next bundles this module a second time into its route handlers; rows of both copies share one queue.
const holder = globalThis as typeof globalThis & { vouchUsageRecorder?: UsageRecorder };

/** The recorder of this process. */
export function usageRecorder(): UsageRecorder {
  holder.vouchUsageRecorder ??= createUsageRecorder();
  return holder.vouchUsageRecorder;
}

/** Writes the usage rows of this process that still wait; for the end of a process that has no router to close. */
export async function flushUsage(timeoutMs?: number): Promise<number> {
  return (await holder.vouchUsageRecorder?.flush(timeoutMs)) ?? 0;
}
