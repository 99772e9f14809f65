import type { LimitDefaults } from "../config/router-config.ts";
import type { UsageOwner } from "../usage/record-attempt.ts";

/** What a request may take at most, known before it is served. */
export interface LimitDemand {
  /** Model as the client named it; for the sentence of a refusal. */
  readonly model: string;
  /** Estimated tokens of the prompt. */
  readonly promptTokens: number;
  /** Tokens the answer may have. */
  readonly maxCompletionTokens: number;
  /**
   * True when the client set no bound on the answer, so that `maxCompletionTokens` is a guess: then a limit of tokens
   * smaller than the guess does not refuse the request by itself.
   */
  readonly isCompletionAssumed?: boolean;
  /** The same at the dearest target that may serve it, in micros; null when a price is unknown. */
  readonly costMicros: number | null;
  readonly isStream: boolean;
}

/** What a request took, all its attempts together. */
export interface LimitUse {
  readonly tokens: number;
  /** Null when unknown: under a budget the whole reserved amount then counts as spent. */
  readonly costMicros: number | null;
}

/** What a request holds of its subjects' limits until it ends. The first of `settle` and `release` counts. */
export interface Reservation {
  /** `x-ratelimit-*` headers for the answer: those of the subject that has the least left; empty without a limit. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request ended: what it did not take goes back. */
  settle(use: LimitUse): void;
  /** The request reached no upstream: tokens, money and the stream's slot go back; it stays counted as a request. */
  release(): void;
}

/** Figures for the health of a limiter. */
export interface LimiterStats {
  /** Requests that hold a reservation. */
  readonly reservations: number;
  /** Quotas of which this process holds units it has not used. */
  readonly leases: number;
  /** True while the shared counters cannot be reached and this process counts by itself. */
  readonly isAlone: boolean;
}

/** Admits requests by the limits of their organisation, user and API key. */
export interface Limiter {
  /**
   * Reserves what a request may take of all its subjects' limits at once; a refused request takes nothing. The answer
   * is a promise only when this process must ask for a share first.
   *
   * @throws ApiError 429 `rate_limit_exceeded` or `insufficient_quota`, 400 `model_unpriced` for a model without a
   * price under a budget, 503 `unavailable` when a budget cannot be looked up. Thrown, or the promise's rejection.
   */
  reserve(
    owner: UsageOwner,
    demand: LimitDemand,
    defaults: LimitDefaults,
  ): Reservation | Promise<Reservation>;
  stats(): LimiterStats;
  /** Gives everything that is not in use back and says what was spent. */
  close(): Promise<void>;
}
