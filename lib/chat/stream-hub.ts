import { withStreamLog } from "../platform/db/index.ts";
import { logger } from "../platform/log.ts";
import { type LogEvent, listEventsOfMany } from "./queries/generations.ts";

/** How often events of runs that another process writes are fetched: one query for all of them. */
const POLL_MS = 100;
const POLL_MS_LOADED = 250;
const LOADED_TAILS = 50;

/** Somebody who follows a run. */
interface Follower {
  after: number;
  wake(): void;
  readonly events: LogEvent[];
}

/** The outside of the hub. */
export interface StreamHubDeps {
  fetchNew(tails: readonly { readonly generationId: string; readonly after: number }[]): Promise<LogEvent[]>;
}

/**
 * Wakes the readers of running answers. Runs written by this process push their stored events in; the events of all
 * others are fetched by one poller in one query, so database work does not grow with the number of readers.
 */
export class StreamHub {
  readonly #deps: StreamHubDeps;
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #ownRuns = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: StreamHubDeps = { fetchNew: fetchNewEvents }) {
    this.#deps = deps;
  }

  /** Runs in this process that others follow through {@link publish}, not through the poller. */
  ownRun(generationId: string): void {
    this.#ownRuns.add(generationId);
  }

  /** The run has ended in this process. */
  disownRun(generationId: string): void {
    this.#ownRuns.delete(generationId);
  }

  /** Number of readers at present. */
  get followerCount(): number {
    let count = 0;
    for (const followers of this.#followers.values()) count += followers.size;
    return count;
  }

  /** Hands stored events to those who follow their runs; events already seen are passed over. */
  publish(events: readonly LogEvent[]): void {
    for (const event of events) {
      for (const follower of this.#followers.get(event.generationId) ?? []) {
        if (event.sequence <= follower.after) continue;
        follower.after = event.sequence;
        follower.events.push(event);
        follower.wake();
      }
    }
  }

  /**
   * Follows a run: first what `replay` reads from the log, then what comes. Events carry each sequence once, in order;
   * the caller stops at the run's last event. Pull-based: a slow reader holds references to shared events, no copies.
   */
  async *follow(
    generationId: string,
    after: number,
    replay: (after: number) => Promise<readonly LogEvent[]>,
    signal: AbortSignal,
  ): AsyncGenerator<LogEvent> {
    let wake = () => {};
    const follower: Follower = { after, events: [], wake: () => wake() };
    // Subscribed before the log is read: what is published in between is seen twice, never missed.
    this.#add(generationId, follower);
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort);
    try {
      let sent = after;
      for (const event of await replay(after)) {
        sent = event.sequence;
        yield event;
      }
      follower.after = Math.max(follower.after, sent);
      while (!signal.aborted) {
        const event = follower.events.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (follower.events.length > 0 || signal.aborted) resolve();
          });
          continue;
        }
        if (event.sequence <= sent) continue;
        // A gap means that the log was read before an older event became visible: read it again.
        if (event.sequence > sent + 1) {
          for (const missed of await replay(sent)) {
            sent = missed.sequence;
            yield missed;
          }
          continue;
        }
        sent = event.sequence;
        yield event;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#remove(generationId, follower);
    }
  }

  #add(generationId: string, follower: Follower): void {
    const followers = this.#followers.get(generationId) ?? new Set();
    followers.add(follower);
    this.#followers.set(generationId, followers);
    this.#schedule();
  }

  #remove(generationId: string, follower: Follower): void {
    const followers = this.#followers.get(generationId);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(generationId);
  }

  #foreignTails(): { generationId: string; after: number }[] {
    const tails = [];
    for (const [generationId, followers] of this.#followers) {
      if (this.#ownRuns.has(generationId)) continue;
      tails.push({ generationId, after: Math.min(...Array.from(followers, (follower) => follower.after)) });
    }
    return tails;
  }

  #schedule(): void {
    if (this.#timer !== undefined) return;
    const tails = this.#foreignTails();
    if (tails.length === 0) {
      // Own runs push; should one be disowned while readers remain, the next follow or disown schedules again.
      if (this.#followers.size > 0) this.#timer = this.#arm(1_000);
      return;
    }
    this.#timer = this.#arm(tails.length > LOADED_TAILS ? POLL_MS_LOADED : POLL_MS);
  }

  #arm(delayMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => void this.#poll(), delayMs);
    timer.unref();
    return timer;
  }

  async #poll(): Promise<void> {
    try {
      const tails = this.#foreignTails();
      if (tails.length > 0) this.publish(await this.#deps.fetchNew(tails));
    } catch (error) {
      // The database is away: readers keep their connection and their heartbeat, the next poll tries again.
      logger.warn({ error }, "stream poll failed");
    } finally {
      this.#timer = undefined;
      this.#schedule();
    }
  }
}

function fetchNewEvents(
  tails: readonly { readonly generationId: string; readonly after: number }[],
): Promise<LogEvent[]> {
  return withStreamLog((transaction) => listEventsOfMany(transaction, tails));
}
