export { consume, setRateLimiter } from "./consume.ts";
export { createMemoryRateLimiter } from "./memory-rate-limiter.ts";
