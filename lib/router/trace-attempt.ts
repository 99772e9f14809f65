import { isHttpUpstream, type ModelTarget } from "./config/router-config.ts";
import type { JsonObject } from "./http/read-json-body.ts";
import type { ModelRequest } from "./model-request.ts";
import type { StreamReading } from "./stream/read-chunk.ts";
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
    baseUrl: isHttpUpstream(upstream) ? upstream.baseUrl : undefined,
    upstreamModel,
  });
}

/** Reads chunks, and shows them to the attempt's trace when there is one. */
export function readingFor(
  trace: AttemptTrace | undefined,
  readChunk: (chunk: JsonObject) => StreamReading,
): (chunk: JsonObject) => StreamReading {
  if (trace === undefined) return readChunk;
  return (chunk) => {
    trace.answer(chunk);
    return readChunk(chunk);
  };
}
