/** Turns at a chat model that a process takes for its own work, a few at a time. */
export interface ModelTurns {
  /** Does some work when its turn has come. @throws what the work throws; the signal's reason while it waits. */
  take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>;
  /** The model is away: nobody asks it for a while. */
  noteOutage(): void;
  /** True for a while after {@link noteOutage}. */
  readonly isResting: boolean;
}

/** The outside of {@link createModelTurns}. */
export interface ModelTurnsDeps {
  readonly nowMs: () => number;
}

/** A model that is away keeps documents waiting once in this time, not each of them. */
const REST_MS = 30_000;

/** So many turns at once, in the order in which they were asked for. */
export function createModelTurns(
  places: number,
  deps: ModelTurnsDeps = { nowMs: () => performance.now() },
): ModelTurns {
  const waiting: (() => void)[] = [];
  let taken = 0;
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (taken < places) {
      taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(signal.reason);
      };
      const begin = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      waiting.push(begin);
    });
  };

  const leave = (): void => {
    const next = waiting.shift();
    // The place goes from hand to hand: nobody slips in between.
    if (next === undefined) taken -= 1;
    else next();
  };

  return {
    take: async (signal, work) => {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    noteOutage: () => {
      restsUntilMs = deps.nowMs() + REST_MS;
    },
    get isResting() {
      return deps.nowMs() < restsUntilMs;
    },
  };
}
