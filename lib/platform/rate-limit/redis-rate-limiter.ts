import { Redis } from "@upstash/redis";
import { z } from "zod";
import { logger } from "../log.ts";
import { createMemoryRateLimiter } from "./memory-rate-limiter.ts";
import {
  MINUTE_MS,
  type RateLimitClock,
  type RateLimitDecision,
  type RateLimiter,
  type RateLimitRequest,
} from "./rate-limiter.ts";

const TIMEOUT_MS = 1000;
/** After a failure Redis is left alone for this long, so that not every request waits for the timeout. */
const PAUSE_MS = 2000;

/** Where the Redis REST front is. */
export interface RedisRateLimiterOptions extends RateLimitClock {
  readonly url: string;
  readonly token: string;
  /** Longest wait for Redis, in milliseconds. */
  readonly timeoutMs?: number;
}

const countsSchema = z.tuple([z.number().int(), z.number().int(), z.coerce.number().int().nonnegative()]);

/**
 * Limits across processes through a Redis REST front, with plain commands only (no Lua): a window that slides by
 * weighting the count of the minute before with the share of it that still overlaps. While Redis is out of reach the
 * process's own limit decides, which has counted along all the time: bounded by the number of processes, never open.
 */
export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  const local = createMemoryRateLimiter(options);
  const redis = new Redis({
    url: options.url,
    token: options.token,
    retry: false,
    enableTelemetry: false,
    // Some fronts ignore the request for base64, and a count that is plain would be decoded into rubbish.
    responseEncoding: false,
    signal: () => AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
  });
  let pausedUntilMs = 0;
  return {
    async consume(request) {
      const localDecision = await local.consume(request);
      if (options.nowMs() < pausedUntilMs) return localDecision;
      try {
        return await consumeShared(redis, request, options.nowMs());
      } catch (error) {
        pausedUntilMs = options.nowMs() + PAUSE_MS;
        logger.warn({ error, feature: "rate-limit" }, "redis unreachable, the local limit decides");
        return localDecision;
      }
    },
  };
}

async function consumeShared(
  redis: Redis,
  { name, key, perMinute }: RateLimitRequest,
  nowMs: number,
): Promise<RateLimitDecision> {
  const minute = Math.floor(nowMs / MINUTE_MS);
  const current = `vouch:limit:${name}:${key}:${minute}`;
  const answer: unknown = await redis
    .pipeline()
    .incr(current)
    .pexpire(current, 2 * MINUTE_MS)
    .get(`vouch:limit:${name}:${key}:${minute - 1}`)
    .exec();
  // Checked, because an aborted call of this client resolves with something else instead of failing.
  const [count, , previousCount] = countsSchema.parse(answer);
  const elapsedMs = nowMs - minute * MINUTE_MS;
  const overlap = 1 - elapsedMs / MINUTE_MS;
  if (Math.floor(previousCount * overlap) + count <= perMinute)
    return { allowed: true, retryAfterSeconds: 0 };
  // Given back, so that a caller who keeps asking is not punished for refusals.
  await redis.decr(current);
  // One millisecond more: at the very border the minute before still counts in full.
  const waitMs = waitUntilFree(count - 1, previousCount, perMinute, elapsedMs) + 1;
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) };
}

/** Milliseconds until one more unit fits: by the fading minute before, or else by the start of the next one. */
function waitUntilFree(count: number, previousCount: number, perMinute: number, elapsedMs: number): number {
  const room = perMinute - count;
  if (room >= 1 && previousCount > 0) {
    return MINUTE_MS * (1 - room / previousCount) - elapsedMs;
  }
  const fadedShare = Math.max(0, 1 - perMinute / Math.max(1, count));
  return MINUTE_MS - elapsedMs + MINUTE_MS * fadedShare;
}
