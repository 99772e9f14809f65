/** One thing to count: a named limit, whose budget it is, and how much it allows. */
export interface RateLimitRequest {
  /** Name of the limit, a constant of the program. */
  readonly name: string;
  /** Whose budget is spent: ids or hashes, never a secret or an address in clear. */
  readonly key: string;
  readonly perMinute: number;
}

/** Whether it may go on, and if not, after how many whole seconds it may. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  readonly retryAfterSeconds: number;
}

/** Counts requests against limits. */
export interface RateLimiter {
  /** Spends one unit if there is one. A refused request spends nothing. */
  consume(request: RateLimitRequest): Promise<RateLimitDecision>;
}

/** The clock of a limiter. */
export interface RateLimitClock {
  readonly nowMs: () => number;
}

export const MINUTE_MS = 60_000;
