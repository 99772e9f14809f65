import type { UpstreamError } from "../upstreams/upstream-error.ts";
import { readRetryAfterMs } from "./retry-after.ts";

/** What a failed call means for its target and for the request. */
export interface FailureVerdict {
  /** The target is to blame: its breaker counts it. */
  readonly isTargetFault: boolean;
  /** The same target may give another answer to the same request. */
  readonly mayAskAgain: boolean;
  /** Another target may. */
  readonly mayAskOther: boolean;
  /** How long the target asked to be left alone, ms; undefined when it did not say. */
  readonly waitMs: number | undefined;
  /** The target is over its rate: it is left alone, but not ill. */
  readonly isRateLimit: boolean;
  /** A content filter refused the request. */
  readonly isContentFilter: boolean;
}

/** How long a place whose quota is spent is left alone. */
const SPENT_QUOTA_REST_MS = 60_000;

const NOTHING: FailureVerdict = {
  isTargetFault: false,
  mayAskAgain: false,
  mayAskOther: false,
  waitMs: undefined,
  isRateLimit: false,
  isContentFilter: false,
};

/** Judges a failure. Statuses are judged by class, never by a list of numbers somebody has met before. */
export function judgeFailure(error: UpstreamError, nowMs: number): FailureVerdict {
  switch (error.fault) {
    case "cancelled":
      return NOTHING;
    case "diverged":
      return { ...NOTHING, mayAskOther: true };
    case "total_timeout":
      // The time a whole answer may take is used up: nobody waits for another.
      return { ...NOTHING, isTargetFault: true };
    case "first_token_timeout":
      // Patience with this place is used up; another may be quicker.
      return { ...NOTHING, isTargetFault: true, mayAskOther: true };
    case "refused":
      return judgeStatus(error, nowMs);
    default:
      return { ...NOTHING, isTargetFault: true, mayAskAgain: true, mayAskOther: true };
  }
}

function judgeStatus(error: UpstreamError, nowMs: number): FailureVerdict {
  const status = error.upstreamStatus ?? error.answer.status;
  const waitMs = readRetryAfterMs(error.answer.headers, nowMs);
  if (error.answer.detail.code === "content_filter") return { ...NOTHING, isContentFilter: true };
  if (error.answer.detail.code === "upstream_quota_spent") {
    // Nothing changes there within a retry's wait: somebody must pay or raise a quota.
    return { ...NOTHING, mayAskOther: true, waitMs: SPENT_QUOTA_REST_MS, isRateLimit: true };
  }
  if (status === 429) {
    return { ...NOTHING, mayAskAgain: true, mayAskOther: true, waitMs, isRateLimit: true };
  }
  if (status >= 500 || status === 408 || status === 425 || status < 400) {
    return { ...NOTHING, isTargetFault: true, mayAskAgain: true, mayAskOther: true, waitMs };
  }
  // Our credentials or the deployment's name are wrong at this one place; the request itself may be good elsewhere.
  if (status === 401 || status === 403 || status === 404) return { ...NOTHING, mayAskOther: true };
  return NOTHING;
}
