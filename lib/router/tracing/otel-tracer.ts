import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { logger } from "../../platform/log.ts";
import type { JsonObject } from "../http/read-json-body.ts";
import { AnswerReader } from "./answer-reader.ts";
import type {
  AttemptTrace,
  RequestTrace,
  RouterTracer,
  TracedAttempt,
  TracedRequest,
  TraceResult,
} from "./request-trace.ts";
import {
  attemptAttributes,
  attemptEndAttributes,
  FIRST_TOKEN_EVENT,
  requestAttributes,
  requestEndAttributes,
  spanName,
} from "./span-attributes.ts";
import { formatTraceParent, parseTraceParent } from "./trace-parent.ts";

/** Where spans go, and how many. */
export interface OtelTracerOptions {
  /** The whole address, `/v1/traces` included. */
  readonly url: string;
  /** Share (0 to 1) of the requests traced when the caller's own trace does not decide. */
  readonly sampleShare: number;
  /** Version of the program. */
  readonly version: string;
  /** How long spans gather before they are sent, ms. */
  readonly gatherMs?: number;
}

/** Spans kept while the collector is away, about 2 kB each; further ones are dropped. */
const MAX_WAITING_SPANS = 2_048;
const MAX_SPANS_PER_EXPORT = 512;
const GATHER_MS = 2_000;
const EXPORT_TIMEOUT_MS = 5_000;
const CLOSE_MS = 5_000;

/** A collector that is away is mentioned this often, not for each batch. */
const MENTION_MS = 60_000;

/** Sends spans to a collector by OTLP over HTTP, as JSON. Load this file only when tracing is on. */
export function createOtelTracer(options: OtelTracerOptions): RouterTracer {
  const { url, sampleShare, version, gatherMs = GATHER_MS } = options;
  const exporter = mentionFailures(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }));
  const provider = new TracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so they win.
    resource: resourceFromAttributes({ "service.name": "vouch", "service.version": version }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleShare) }),
    spanLimits: { attributeValueLengthLimit: 256 },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: MAX_WAITING_SPANS,
        maxExportBatchSize: MAX_SPANS_PER_EXPORT,
        scheduledDelayMillis: gatherMs,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer("vouch-router", version);
  return {
    begin: (request) => new OtelRequestTrace(tracer, request),
    close: () => closeInTime(provider),
  };
}

class OtelRequestTrace implements RequestTrace {
  readonly #tracer: Tracer;
  readonly #request: TracedRequest;
  readonly #span: Span;
  readonly #context: Context;

  constructor(tracer: Tracer, request: TracedRequest) {
    const caller = parseTraceParent(request.traceparent, request.tracestate);
    const parent = caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
    this.#tracer = tracer;
    this.#request = request;
    const name = spanName(request.endpoint, request.model);
    const options = { kind: SpanKind.SERVER, attributes: requestAttributes(request) };
    this.#span = tracer.startSpan(name, options, parent);
    this.#context = trace.setSpan(ROOT_CONTEXT, this.#span);
  }

  attempt(info: TracedAttempt): AttemptTrace {
    return new OtelAttemptTrace(this.#tracer, this.#request, info, this.#context);
  }

  end(result: TraceResult): void {
    // A refusal the client brought about is no failure of this server.
    const isOurs = result.status === undefined || result.status >= 500;
    endSpan(this.#span, result, isOurs, () => requestEndAttributes(result));
  }
}

class OtelAttemptTrace implements AttemptTrace {
  readonly headers: Readonly<Record<string, string>>;
  readonly #span: Span;
  readonly #answer = new AnswerReader();

  constructor(tracer: Tracer, request: TracedRequest, info: TracedAttempt, context: Context) {
    const kind = info.baseUrl === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT;
    const options = { kind, attributes: attemptAttributes(request, info) };
    this.#span = tracer.startSpan(spanName(request.endpoint, info.upstreamModel), options, context);
    this.headers = { traceparent: formatTraceParent(this.#span.spanContext()) };
  }

  firstToken(): void {
    this.#span.addEvent(FIRST_TOKEN_EVENT);
  }

  answer(json: JsonObject): void {
    if (this.#span.isRecording()) this.#answer.read(json);
  }

  end(result: TraceResult): void {
    endSpan(this.#span, result, true, () => attemptEndAttributes(result, this.#answer));
  }
}

function endSpan(span: Span, result: TraceResult, isOurs: boolean, attributesOf: () => Attributes): void {
  // Ended already, or not sampled.
  if (!span.isRecording()) {
    return;
  }
  span.setAttributes(attributesOf());
  const isFailed = result.outcome === "failed" || result.outcome === "interrupted";
  // Without a message: it could quote an upstream, and an upstream its user.
  if (isFailed && isOurs) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Says in the log that spans are lost; the exporter itself is silent. */
function mentionFailures(exporter: SpanExporter): SpanExporter {
  let mentionedAtMs = Number.NEGATIVE_INFINITY;
  let lost = 0;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) {
          lost += spans.length;
          if (performance.now() - mentionedAtMs >= MENTION_MS) {
            mentionedAtMs = performance.now();
            logger.warn({ count: lost, errorName: result.error.name }, "spans could not be sent");
            lost = 0;
          }
        }
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

async function closeInTime(provider: TracerProvider): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  // A collector that is away loses the last spans; that is no reason not to end.
  await Promise.race([provider.shutdown().catch(() => {}), late]);
  clearTimeout(timer);
}
