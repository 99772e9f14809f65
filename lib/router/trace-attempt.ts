import type { ModelTarget } from "./config/router-config.ts";
import type { ModelRequest } from "./model-request.ts";
import type { AttemptTrace } from "./tracing/request-trace.ts";

/** Begins the span of one attempt; undefined, and nothing done, without tracing. */
export function traceAttempt(
  { trace }: ModelRequest,
  { upstream, upstreamModel }: ModelTarget,
  attempt: number,
): AttemptTrace | undefined {
  return trace?.attempt({
    attempt,
    upstream: upstream.name,
    upstreamKind: upstream.kind,
    baseUrl: upstream.kind === "builtin" ? undefined : upstream.baseUrl,
    upstreamModel,
  });
}
