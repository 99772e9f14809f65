import { logger } from "../platform/log.ts";
import { ApiError } from "./http/api-error.ts";
import type { ModelRequest } from "./model-request.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { UpstreamError } from "./upstreams/upstream-error.ts";

/** A request that was answered, whole or not. */
export function logRequest(asked: ModelRequest, summary: RequestSummary, durationMs: number): void {
  const { orgId, userId } = asked.caller;
  logger.info(
    {
      requestId: asked.requestId,
      orgId,
      userId,
      model: asked.model.name,
      upstream: summary.target.upstream.name,
      outcome: summary.outcome,
      code: summary.error?.fault,
      attempts: summary.attempts,
      firstTokenMs: summary.firstTokenMs,
      durationMs,
    },
    "model request",
  );
}

/**
 * What the router refuses by itself is no fault of its code: one short line, and none for what clients got wrong. What
 * nobody foresaw is one.
 */
export function logRefusal(error: unknown, answer: ApiError, requestId: string): void {
  const { status, detail } = answer;
  if (status < 500) return;
  if (error instanceof ApiError) {
    logger.warn({ requestId, status, code: detail.code }, "router refused a request");
  } else logger.error({ requestId, error }, "router request failed");
}

/** No attempt gave an answer. */
export function logUpstreamError(
  error: UpstreamError,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): void {
  const fields = {
    requestId,
    upstream: headers["x-vouch-upstream"],
    code: error.fault,
    status: error.upstreamStatus ?? error.answer.status,
    attempts: Number(headers["x-vouch-attempts"] ?? 1),
    error: error.cause ?? error,
  };
  logger.warn(fields, "upstream gave no answer");
}
