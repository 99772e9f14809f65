import { MINUTE_MS, type RateLimitClock, type RateLimitDecision, type RateLimiter } from "./rate-limiter.ts";

/** Budgets remembered at most; beyond it the ones that are nearly full again are forgotten first. */
const BUDGETS_MAX = 50_000;

/**
 * Limits inside one process by the generic cell rate algorithm (ITU-T I.371): per budget one number, the theoretical
 * arrival time. A full minute's worth may come at once; after that one unit comes back every `60 s / perMinute`.
 */
export function createMemoryRateLimiter(clock: RateLimitClock = { nowMs: Date.now }): RateLimiter {
  const arrivalTimesMs = new Map<string, number>();
  return {
    async consume({ name, key, perMinute }): Promise<RateLimitDecision> {
      const nowMs = clock.nowMs();
      const intervalMs = MINUTE_MS / perMinute;
      const budget = `${name}\n${key}`;
      const arrivalMs = Math.max(arrivalTimesMs.get(budget) ?? 0, nowMs);
      // The burst is the whole minute: the newest arrival may lie at most that far ahead.
      const waitMs = arrivalMs + intervalMs - nowMs - MINUTE_MS;
      // Half a microsecond of slack: sums of fractions of a minute are not exact.
      if (waitMs > 0.0005) {
        return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
      }
      arrivalTimesMs.set(budget, arrivalMs + intervalMs);
      if (arrivalTimesMs.size > BUDGETS_MAX) forgetBudgets(arrivalTimesMs, nowMs);
      return { allowed: true, retryAfterSeconds: 0 };
    },
  };
}

/** Drops full budgets (they equal unknown ones); if too few are full, those nearest to it go too. */
function forgetBudgets(arrivalTimesMs: Map<string, number>, nowMs: number): void {
  for (const [budget, arrivalMs] of arrivalTimesMs) {
    if (arrivalMs <= nowMs) arrivalTimesMs.delete(budget);
  }
  const excess = arrivalTimesMs.size - (BUDGETS_MAX * 3) / 4;
  if (excess <= 0) return;
  const byArrival = [...arrivalTimesMs].sort((a, b) => a[1] - b[1]);
  for (const [budget] of byArrival.slice(0, excess)) arrivalTimesMs.delete(budget);
}
