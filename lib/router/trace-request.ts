import type { IncomingMessage } from "node:http";
import { isStreamed } from "./endpoints/is-streamed.ts";
import type { JsonObject } from "./http/read-json-body.ts";
import type { ModelRequest, RouterParts } from "./model-request.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { RequestTrace, TracedRequest } from "./tracing/request-trace.ts";

/** Begins the span of a request; undefined, and nothing done, without tracing. */
export function beginTrace(
  { headers }: IncomingMessage,
  { tracer }: RouterParts,
  { body, ...about }: Pick<TracedRequest, "requestId" | "endpoint" | "model"> & { readonly body: JsonObject },
): RequestTrace | undefined {
  if (tracer === undefined) return undefined;
  const { traceparent, tracestate } = headers;
  return tracer.begin({
    ...about,
    isStream: isStreamed(about.endpoint, body),
    traceparent: typeof traceparent === "string" ? traceparent : undefined,
    tracestate: typeof tracestate === "string" ? tracestate : undefined,
  });
}

/** Ends the span of a request that was answered, whole or not. */
export function endTrace({ trace, cost, answerHeaders }: ModelRequest, summary: RequestSummary): void {
  trace?.end({
    outcome: summary.outcome,
    errorType: summary.error?.fault,
    attempts: summary.attempts,
    firstTokenMs: summary.firstTokenMs,
    promptTokens: cost.tokens - cost.completionTokens,
    completionTokens: cost.completionTokens,
    costMicros: cost.costMicros,
    decision: answerHeaders["x-vouch-tier"],
  });
}
