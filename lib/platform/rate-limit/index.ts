export { consume, setRateLimiter } from "./consume.ts";
export { createMemoryRateLimiter } from "./memory-rate-limiter.ts";
export type { RateLimitDecision, RateLimiter, RateLimitRequest } from "./rate-limiter.ts";
