import { AppError } from "../shared/errors.ts";
import type { ApiError } from "./http/api-error.ts";
import { UpstreamError } from "./upstreams/upstream-error.ts";

/** Calls of one request that this process makes for itself. */
export const MAX_OWN_TRIES = 3;
/** A longer wait is the caller's to decide: a job tries again later. */
const MAX_RETRY_WAIT_MS = 20_000;

/** Milliseconds to wait before another try of a call of our own; undefined when another try makes no sense. */
export function ownRetryWaitMs(error: UpstreamError | ApiError, attempt: number): number | undefined {
  const { status, headers } = error instanceof UpstreamError ? error.answer : error;
  const isCancelled = error instanceof UpstreamError && error.fault === "cancelled";
  const isWorthIt = status === 429 || status >= 500 || isCancelled;
  if (!isWorthIt || attempt >= MAX_OWN_TRIES || headers["x-should-retry"] === "false") return undefined;
  const asked = headers["retry-after-ms"] ?? headers["x-ms-retry-after-ms"];
  const seconds = headers["retry-after"];
  const fromDate = seconds === undefined ? Number.NaN : Date.parse(seconds) - Date.now();
  const named = [Number(asked ?? Number.NaN), Number(seconds ?? Number.NaN) * 1000, fromDate].find(
    Number.isFinite,
  );
  const backoffMs = 250 * 2 ** attempt * (0.5 + Math.random() / 2);
  const waitMs = named === undefined ? backoffMs : Math.max(0, named);
  return waitMs > MAX_RETRY_WAIT_MS ? undefined : waitMs;
}

/** What a failed call of our own means for whoever asked for it. */
export function toOwnCallError(error: UpstreamError, overloaded: string): AppError {
  const { status } = error.answer;
  if (status === 429) return new AppError("rate_limited", { cause: error, message: overloaded });
  if (status === 504 || error.fault === "cancelled") return new AppError("model_timeout", { cause: error });
  return new AppError("model_failed", { cause: error });
}
