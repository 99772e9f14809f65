import { logger } from "../platform/log.ts";
import { counter, histogram } from "../platform/metrics.ts";
import type { AppError } from "../shared/errors.ts";
import type { Principal } from "./schema.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** One answered request. */
export interface AnsweredRequest {
  readonly request: Request;
  /** Path with parameter names in place of values. */
  readonly route: string;
  readonly response: Response;
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly failure?: AppError | undefined;
  /** When it began, by `performance.now()`. */
  readonly startedMs: number;
}

/** Counts a request and writes its one log line; a fault of ours is logged with its error, a caller's with its code. */
export function recordRequest(answered: AnsweredRequest): void {
  const { request, route, response, requestId, principal, failure } = answered;
  const method = METHODS.has(request.method) ? request.method : "OTHER";
  const durationMs = performance.now() - answered.startedMs;
  counter({
    name: "vouch_http_requests_total",
    help: "Answered requests by route.",
    labels: ["route", "method", "status"],
  }).inc({ route, method, status: String(response.status) });
  histogram({
    name: "vouch_http_request_duration_seconds",
    help: "Seconds from the first byte of a request to the head of its answer.",
    labels: ["route", "method"],
  }).observe({ route, method }, durationMs / 1000);
  const fields = {
    requestId,
    method,
    route,
    status: response.status,
    durationMs: Math.round(durationMs * 10) / 10,
    orgId: principal?.orgId,
    userId: principal?.userId,
    code: failure?.code,
  };
  if (failure !== undefined && failure.status >= 500) {
    logger.error({ ...fields, error: failure.cause ?? failure }, "request failed");
  } else {
    logger.info(fields, "request answered");
  }
}
