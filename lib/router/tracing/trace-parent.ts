import { createTraceState, type SpanContext, TraceFlags } from "@opentelemetry/api";

/** `traceparent` of W3C Trace Context: version, trace, span, flags; later versions may have more. */
const TRACE_PARENT =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

/** Vendors keep no more than this; a longer one is not passed along (W3C Trace Context, section 3.3.1.5). */
const MAX_STATE_CHARACTERS = 512;

/** The caller's span; undefined when the header is absent or not as it should be: a new trace begins then. */
export function parseTraceParent(
  traceparent: string | undefined,
  tracestate: string | undefined,
): SpanContext | undefined {
  const groups = traceparent === undefined ? undefined : TRACE_PARENT.exec(traceparent)?.groups;
  if (groups === undefined) return undefined;
  const { version = "", traceId = "", spanId = "", flags = "", more } = groups;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const hasState = tracestate !== undefined && tracestate.length <= MAX_STATE_CHARACTERS;
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(hasState ? { traceState: createTraceState(tracestate) } : {}),
  };
}

/**
 * The header by which an upstream goes on with a trace. The caller's `tracestate` stays here: what vendors of tracing
 * keep in it is no business of a vendor of models.
 */
export function formatTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, "0")}`;
}
