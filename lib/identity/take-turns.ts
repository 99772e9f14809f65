import { AppError } from "../shared/errors.ts";

/** Runs work for callers who take turns. */
export type TakeTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Lets a few run at once and a bounded number wait, in the order they came.
 *
 * @returns A function that runs one piece of work; it throws AppError `rate_limited` when too many wait already.
 */
export function createTurns(limits: { readonly runningMax: number; readonly waitingMax: number }): TakeTurn {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running < limits.runningMax) running += 1;
    else {
      if (waiting.length >= limits.waitingMax) throw new AppError("rate_limited", { retryAfterSeconds: 5 });
      // The one who leaves hands the turn over, so the count does not change.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
