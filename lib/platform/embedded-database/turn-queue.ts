import { setImmediate as nextTick } from "node:timers/promises";

/** Someone who wants the database engine to itself. The turn lasts until the promise settles. */
export type TurnTaker = {
  takeTurn(): Promise<void>;
  /** True for a transaction that only reads: somebody waits for its rows, and it is over soon. */
  readonly isReading?: boolean;
};

/** So often in a row the first in the queue lets readers pass. */
const PASSED_MAX = 4;

/**
 * Hands out the one database engine, first come first served, but that readers go ahead of writers: a search has two reads,
 * and behind the writers of an ingestion it would wait for several transactions each time.
 */
export class TurnQueue {
  #waiting: TurnTaker[] = [];
  #current: TurnTaker | null = null;
  #onFailure: (error: unknown) => void;
  #busyMs = 0;
  #passed = 0;

  /** @param onFailure called when a turn ends with an error; turns go on being served. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  get isIdle(): boolean {
    return this.#current === null && this.#waiting.length === 0;
  }

  /** Milliseconds of all turns so far: the difference of two readings tells how busy the engine was in between. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Queues `taker` unless it already waits. Asking during one's own turn queues for another one. */
  request(taker: TurnTaker): void {
    if (this.#waiting.includes(taker)) return;
    this.#waiting.push(taker);
    if (this.#current === null) void this.#serve();
  }

  /** Gives up the place in the queue; true when there was one. */
  withdraw(taker: TurnTaker): boolean {
    const place = this.#waiting.indexOf(taker);
    if (place >= 0) this.#waiting.splice(place, 1);
    return place >= 0;
  }

  /** Runs `work` in a turn of its own. */
  runExclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.request({ takeTurn: () => work().then(resolve, reject) });
    });
  }

  #takeNext(): TurnTaker | undefined {
    const reader = this.#passed < PASSED_MAX ? this.#waiting.findIndex(({ isReading }) => isReading) : -1;
    this.#passed = reader > 0 ? this.#passed + 1 : 0;
    const [next] = this.#waiting.splice(Math.max(reader, 0), 1);
    return next;
  }

  async #serve(): Promise<void> {
    for (let next = this.#takeNext(); next; next = this.#takeNext()) {
      this.#current = next;
      const startedAt = performance.now();
      try {
        await next.takeTurn();
      } catch (error) {
        this.#onFailure(error);
      }
      this.#busyMs += performance.now() - startedAt;
      // Sockets are read and written between turns; without this pause one busy client would shut out the others.
      await nextTick();
    }
    this.#current = null;
  }
}
