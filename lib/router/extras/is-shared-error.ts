import { ApiError } from "../http/api-error.ts";
import { UpstreamError } from "../upstreams/upstream-error.ts";

/** Statuses that say something about the request: every equal one would get them. */
const ABOUT_THE_REQUEST: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** True for an error that equal requests share. */
export function isSharedError(error: unknown): boolean {
  if (error instanceof UpstreamError) return ABOUT_THE_REQUEST.has(error.answer.status);
  return error instanceof ApiError && ABOUT_THE_REQUEST.has(error.status);
}
