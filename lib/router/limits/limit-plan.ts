import type { LimitDefaults } from "../config/router-config.ts";
import type { LimitDemand } from "./limiter.ts";
import type { QuotaPool } from "./quota-pool.ts";

/** The quotas a caller's requests draw on. */
export interface LimitPlan {
  readonly pools: readonly QuotaPool[];
  readonly defaults: LimitDefaults;
  /** The budget among the pools that refuses models without a price; undefined without one. */
  readonly budget: QuotaPool | undefined;
  /** Until then the rules are taken as read. */
  freshUntilMs: number;
  /** State of the rule book it was made from. */
  readonly version: number;
  usedAtMs: number;
}

/** Units a request takes of a quota. */
export function unitsOf(pool: QuotaPool, demand: LimitDemand): number {
  switch (pool.name) {
    case "requestsPerMinute":
      return 1;
    case "tokensPerMinute":
      return tokensOf(pool.limit, demand);
    case "concurrentStreams":
      return demand.isStream ? 1 : 0;
    case "monthlyBudgetMicros":
      return Math.max(0, Math.ceil(demand.costMicros ?? 0));
  }
}

function tokensOf(
  limit: number,
  { promptTokens, maxCompletionTokens, isCompletionAssumed }: LimitDemand,
): number {
  const tokens = Math.max(0, Math.ceil(promptTokens + maxCompletionTokens));
  if (isCompletionAssumed !== true || tokens <= limit) return tokens;
  return Math.max(Math.ceil(promptTokens), limit);
}

/**
 * `x-ratelimit-*` headers as OpenAI sends them. Of several subjects the one with the least left speaks; what is left
 * is what this process knows, other processes may have taken some of it since.
 */
export function limitHeaders(pools: readonly QuotaPool[], nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {};
  addHeaders(headers, "requests", pools, nowMs);
  addHeaders(headers, "tokens", pools, nowMs);
  return headers;
}

function addHeaders(
  headers: Record<string, string>,
  unit: "requests" | "tokens",
  pools: readonly QuotaPool[],
  nowMs: number,
): void {
  const name = unit === "requests" ? "requestsPerMinute" : "tokensPerMinute";
  let tightest: QuotaPool | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const pool of pools) {
    if (pool.name !== name || pool.remaining(nowMs) >= least) continue;
    tightest = pool;
    least = pool.remaining(nowMs);
  }
  if (tightest === undefined) return;
  const resetMs = Math.max(0, tightest.windowEndMs - nowMs);
  headers[`x-ratelimit-limit-${unit}`] = String(tightest.limit);
  headers[`x-ratelimit-remaining-${unit}`] = String(least);
  headers[`x-ratelimit-reset-${unit}`] = `${(resetMs / 1000).toFixed(3)}s`;
}
