import { withStreamLog } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { AppError } from "../shared/errors.ts";
import { insertEvents, type LogEvent } from "./queries/generations.ts";

/** A run whose events are logged. */
export interface LoggedRun {
  readonly orgId: string;
  readonly generationId: string;
}

/** An event with the organisation its row belongs to. */
export type OwnedLogEvent = LogEvent & { readonly orgId: string };

/** The outside of the log. */
export interface StreamLogDeps {
  /** Stores events; storing one twice changes nothing. */
  store(events: readonly OwnedLogEvent[]): Promise<void>;
  /** Called after the events are stored: only now may they be shown. */
  publish(events: readonly LogEvent[]): void;
  nowMs(): number;
}

/** Milliseconds for which deltas are gathered: short while few streams run, longer under load. */
const GATHER_MS = 100;
const GATHER_MS_LOADED = 250;
const LOADED_STREAMS = 50;

/** Events of one grouped insert; more wait for the next one, so that no statement grows without bound. */
const INSERT_EVENTS_MAX = 500;

/** Chunks a run may have waiting while the database is away; then its answer fails rather than fill memory. */
const WAITING_CHUNKS_MAX = 5_000;

/** How long a failing write is tried again before its runs fail. */
const RETRY_MS = 300;
const RETRY_FOR_MS = 30_000;

interface OpenRun extends LoggedRun {
  sequence: number;
  chunks: unknown[];
  failure: unknown;
}

/**
 * Writes deltas before they are shown: the first of a run at once, then whatever gathered, in one grouped insert per
 * tick for all runs of this process. A write that fails is tried again under the same sequence numbers.
 */
export class StreamLog {
  readonly #deps: StreamLogDeps;
  readonly #runs = new Map<string, OpenRun>();
  #timer: NodeJS.Timeout | undefined;
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: Partial<StreamLogDeps> = {}) {
    this.#deps = {
      store: (events) => withStreamLog((transaction) => insertEvents(transaction, events)),
      publish: () => {},
      nowMs: () => performance.now(),
      ...deps,
    };
  }

  /** Begins a run; its first event gets sequence 1. */
  open(run: LoggedRun): void {
    this.#runs.set(run.generationId, { ...run, sequence: 0, chunks: [], failure: undefined });
  }

  /**
   * Adds a chunk to a run; it is shown once it is stored.
   *
   * @param isUrgent true for what a person waits for (the first text of an answer): stored now, not at the next tick.
   * @throws AppError `unavailable` when the log cannot be written.
   */
  append(generationId: string, chunk: unknown, isUrgent = false): void {
    const run = this.#openRun(generationId);
    if (run.chunks.length >= WAITING_CHUNKS_MAX) throw new AppError("unavailable");
    run.chunks.push(chunk);
    this.#schedule(isUrgent);
  }

  /**
   * Stores what waits for a run and closes it.
   *
   * @returns the next sequence, for the event written by the transaction that ends the run.
   */
  async close(generationId: string): Promise<number> {
    try {
      while (this.#openRun(generationId).chunks.length > 0) await this.#flush();
      await this.#flushing;
      return this.#openRun(generationId).sequence + 1;
    } finally {
      this.#runs.delete(generationId);
    }
  }

  #openRun(generationId: string): OpenRun {
    const run = this.#runs.get(generationId);
    if (run === undefined) throw new Error("The run is not open in the stream log.");
    if (run.failure !== undefined) throw new AppError("unavailable", { cause: run.failure });
    return run;
  }

  #schedule(isUrgent: boolean): void {
    const gatherMs = this.#runs.size > LOADED_STREAMS ? GATHER_MS_LOADED : GATHER_MS;
    const delayMs = isUrgent ? 0 : Math.max(0, this.#lastFlushMs + gatherMs - this.#deps.nowMs());
    if (this.#timer !== undefined) {
      if (!isUrgent) return;
      clearTimeout(this.#timer);
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, delayMs);
  }

  /** One insert at a time, so that the events of a run reach the database in order. */
  #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushOnce());
    return this.#flushing;
  }

  async #flushOnce(): Promise<void> {
    const waiting = [...this.#runs.values()].filter((run) => run.chunks.length > 0);
    const batch = waiting.slice(0, INSERT_EVENTS_MAX);
    if (batch.length === 0) return;
    const events = batch.map((run) => {
      run.sequence += 1;
      const { orgId, generationId, sequence, chunks } = run;
      run.chunks = [];
      return { orgId, generationId, sequence, chunks };
    });
    await this.#storeAndPublish(events);
    this.#lastFlushMs = this.#deps.nowMs();
    if (waiting.length > batch.length) this.#schedule(true);
    else if (waiting.some((run) => run.chunks.length > 0)) this.#schedule(false);
  }

  async #storeAndPublish(events: readonly OwnedLogEvent[]): Promise<void> {
    try {
      await this.#storeWithRetry(events);
      this.#deps.publish(events);
    } catch (error) {
      if (events.length > 1) {
        // One refused row (its conversation was deleted, say) refuses the whole insert: the others go by themselves.
        for (const event of events) await this.#storeAndPublish([event]);
        return;
      }
      const generationId = events[0]?.generationId ?? "";
      logger.warn({ error, generationId }, "stream log write failed");
      const run = this.#runs.get(generationId);
      if (run !== undefined) run.failure = error;
    }
  }

  async #storeWithRetry(events: readonly OwnedLogEvent[]): Promise<void> {
    const untilMs = this.#deps.nowMs() + RETRY_FOR_MS;
    for (;;) {
      try {
        return await this.#deps.store(events);
      } catch (error) {
        if (isRefusedByContent(error) || this.#deps.nowMs() >= untilMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/** True when the database refused the rows themselves (SQLSTATE classes 22, 23, 42): trying again changes nothing. */
function isRefusedByContent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && /^(?:22|23|42)/.test(cause.code)) return true;
  }
  return false;
}
