import { environment } from "../env.ts";
import { createMemoryRateLimiter } from "./memory-rate-limiter.ts";
import type { RateLimitDecision, RateLimiter, RateLimitRequest } from "./rate-limiter.ts";
import { createRedisRateLimiter } from "./redis-rate-limiter.ts";

// Next bundles this module a second time into its route handlers; both copies must count together.
const holder = globalThis as typeof globalThis & { vouchRateLimiter?: RateLimiter | undefined };

function createRateLimiter(): RateLimiter {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = environment();
  if (url === undefined || token === undefined) return createMemoryRateLimiter();
  return createRedisRateLimiter({ url, token, nowMs: Date.now });
}

/** Spends one unit of a limit: shared by all processes when Redis is configured, of this process otherwise. */
export function consume(request: RateLimitRequest): Promise<RateLimitDecision> {
  holder.vouchRateLimiter ??= createRateLimiter();
  return holder.vouchRateLimiter.consume(request);
}

/** Replaces the limiter of this process; tests use it. `undefined` makes a new one on the next call. */
export function setRateLimiter(limiter: RateLimiter | undefined): void {
  holder.vouchRateLimiter = limiter;
}
