/** When a second request may be sent after a slow first one. */
export interface HedgeOptions {
  /** A fixed delay; without it the delay follows the upstream: the 95th percentile of its recent first tokens. */
  readonly afterMs?: number | undefined;
  /** Second requests per first one, in the long run: an overloaded upstream must not get twice the load. */
  readonly maxShare?: number;
}

/** Decides when, and whether, a request is sent a second time. One per model. */
export interface HedgePolicy {
  /** Counts a request that may be hedged, and says after how many milliseconds without output. */
  begin(): number;
  /** Asks, when the delay is over, whether a second request may be sent now; true spends one. */
  take(): boolean;
  /**
   * Takes in a time to first token, milliseconds. A call that lost against its hedge, or timed out, counts with the time it had waited:
   * leaving out the slow ones would make the delay creep down.
   */
  observe(firstTokenMs: number): void;
  stats(): HedgeStats;
}

/** Live figures of a policy. */
export interface HedgeStats {
  readonly delayMs: number;
  readonly requests: number;
  readonly hedged: number;
  /** Times a second request would have been sent, had the share allowed it. */
  readonly refused: number;
}

const DEFAULT_MAX_SHARE = 0.05;
/** Second requests that may come at once after a calm time. */
const BURST = 10;
/** First tokens remembered. */
const WINDOW = 256;
/** Fewer say nothing about a tail. */
const ENOUGH = 20;
/** The delay before enough is known. */
const UNKNOWN_DELAY_MS = 2_000;
/** Below this a second request is more likely noise than help. */
const MIN_DELAY_MS = 20;
const PERCENTILE = 0.95;

/**
 * The delay that a history of first-token times suggests: its 95th percentile, so that about one request in twenty is
 * slow enough to be hedged (Dean and Barroso, "The Tail at Scale", 2013).
 *
 * @param historyMs recent times to first token, in any order.
 */
export function hedgeDelayMs(historyMs: readonly number[]): number {
  if (historyMs.length < ENOUGH) return UNKNOWN_DELAY_MS;
  const sorted = historyMs.toSorted((left, right) => left - right);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * PERCENTILE));
  return Math.max(MIN_DELAY_MS, sorted[at] ?? UNKNOWN_DELAY_MS);
}

/** Makes a {@link HedgePolicy}. */
export function createHedgePolicy({ afterMs, maxShare = DEFAULT_MAX_SHARE }: HedgeOptions = {}): HedgePolicy {
  const history: number[] = [];
  let next = 0;
  let delayMs = afterMs ?? UNKNOWN_DELAY_MS;
  let tokens = 1;
  const counts = { requests: 0, hedged: 0, refused: 0 };
  return {
    begin() {
      counts.requests += 1;
      tokens = Math.min(BURST, tokens + maxShare);
      return delayMs;
    },
    take() {
      // Sums of shares are not exact: a hundredth is forgiven.
      if (tokens < 0.99) {
        counts.refused += 1;
        return false;
      }
      tokens -= 1;
      counts.hedged += 1;
      return true;
    },
    observe(firstTokenMs) {
      if (afterMs !== undefined) return;
      history[next % WINDOW] = firstTokenMs;
      next += 1;
      // Sorting 256 numbers now and then, not with every request.
      if (next % ENOUGH === 0) delayMs = hedgeDelayMs(history);
    },
    stats: () => ({ delayMs, ...counts }),
  };
}
