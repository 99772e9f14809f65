import type { JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";

/** A request as it begins; none of it is user text. */
export interface TracedRequest {
  readonly endpoint: Endpoint;
  /** The model the client named, once it is known to exist. */
  readonly model: string;
  readonly requestId: string;
  readonly isStream: boolean;
  /** The caller's `traceparent` and `tracestate`, as they came. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** An attempt as it begins. */
export interface TracedAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly upstream: string;
  readonly upstreamKind: "builtin" | "openai" | "vllm" | "ollama" | "azure" | "onnx";
  /** Address of the upstream; undefined for the built-in models. */
  readonly baseUrl: string | undefined;
  /** Model or deployment the upstream is asked for. */
  readonly upstreamModel: string;
}

/** What is known when an attempt or a request is over; what is unknown is left out. */
export interface TraceResult {
  readonly outcome: "complete" | "failed" | "interrupted" | "cancelled";
  /** Class of the error, from a small set: a fault such as `idle_timeout`, or `status 503`. */
  readonly errorType?: string | undefined;
  /** Status of the answer the client, or for an attempt the router, got. */
  readonly status?: number | undefined;
  readonly promptTokens?: number | undefined;
  readonly cachedTokens?: number | undefined;
  readonly completionTokens?: number | undefined;
  readonly isUsageEstimated?: boolean | undefined;
  readonly costMicros?: number | null | undefined;
  readonly firstTokenMs?: number | undefined;
  /** Attempts made; of a request only. */
  readonly attempts?: number | undefined;
  /** Why this model or target was taken, in the router's own few words. */
  readonly decision?: string | undefined;
  /** The provisioned deployment of Azure that passed the call on; undefined when none did. */
  readonly spilledFrom?: string | undefined;
}

/** The span of one call to one upstream. */
export interface AttemptTrace {
  /** Headers that let the upstream go on with this trace. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first real output arrived. */
  firstToken(): void;
  /** A chunk, an event or the whole answer, for the model, the id and the finish reasons in it; no text is kept. */
  answer(json: JsonObject): void;
  /** Later calls do nothing. */
  end(result: TraceResult): void;
}

/** The span of one request of a client. */
export interface RequestTrace {
  attempt(info: TracedAttempt): AttemptTrace;
  /** Later calls do nothing. */
  end(result: TraceResult): void;
}

/** Makes spans; a router without tracing has none of these and pays nothing. */
export interface RouterTracer {
  begin(request: TracedRequest): RequestTrace;
  /** Sends what waits and ends; gives up after a few seconds. */
  close(): Promise<void>;
}
