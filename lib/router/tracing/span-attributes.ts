import type { Attributes } from "@opentelemetry/api";
import type { Endpoint } from "../upstreams/upstream.ts";
import type { AnswerReader } from "./answer-reader.ts";
import type { TracedAttempt, TracedRequest, TraceResult } from "./request-trace.ts";

/*
 * The one place that knows the names. They are those of OpenTelemetry's conventions for generative AI (status:
 * development, read in November 2026), which still change; what they have no name for is called `vouch.`.
 *
 * Tokens stand as `gen_ai.usage.` on attempts only: each attempt is billed, and tools that add up all spans must not
 * count an answer twice. The request has the sums under `vouch.usage.`.
 */

const OPERATIONS: Readonly<Record<Endpoint, string>> = {
  "chat/completions": "chat",
  responses: "chat",
  completions: "text_completion",
  embeddings: "embeddings",
  rerank: "rerank",
};

/** Well-known values where there are some; servers with OpenAI's interface are told apart by `server.address`. */
const PROVIDERS: Readonly<Record<TracedAttempt["upstreamKind"], string>> = {
  azure: "azure.ai.openai",
  openai: "openai",
  vllm: "vllm",
  ollama: "ollama",
  builtin: "vouch",
  onnx: "vouch",
};

/** What upstreams say is believed in the form of a plain word only; anything else could be text of a user. */
const WORD = /^[A-Za-z0-9_.:/@-]{1,128}$/;

/** The event at the first real output. */
export const FIRST_TOKEN_EVENT = "gen_ai.first_token";

/** Name of a span, as the conventions want it. */
export function spanName(endpoint: Endpoint, model: string): string {
  return `${OPERATIONS[endpoint]} ${model}`;
}

/** What is known when a request begins. */
export function requestAttributes({ endpoint, model, requestId, isStream }: TracedRequest): Attributes {
  return {
    "gen_ai.operation.name": OPERATIONS[endpoint],
    "gen_ai.request.model": model,
    ...(isStream ? { "gen_ai.request.stream": true } : {}),
    "http.request.method": "POST",
    "http.route": `/v1/${endpoint}`,
    "vouch.request_id": requestId,
  };
}

/** What is known when an attempt begins. */
export function attemptAttributes(
  { endpoint, isStream }: TracedRequest,
  { attempt, upstream, upstreamKind, upstreamModel, baseUrl }: TracedAttempt,
): Attributes {
  return {
    "gen_ai.operation.name": OPERATIONS[endpoint],
    "gen_ai.provider.name": PROVIDERS[upstreamKind],
    "gen_ai.request.model": upstreamModel,
    ...(isStream ? { "gen_ai.request.stream": true } : {}),
    ...serverAttributes(baseUrl),
    "vouch.upstream": upstream,
    "vouch.attempt": attempt,
  };
}

/** What is known when an attempt is over. */
export function attemptEndAttributes(
  result: TraceResult,
  { model, id, finishReasons }: AnswerReader,
): Attributes {
  const { promptTokens, cachedTokens, completionTokens, spilledFrom } = result;
  return present({
    ...commonEndAttributes(result),
    "gen_ai.response.model": plain(model),
    "gen_ai.response.id": plain(id),
    "gen_ai.response.finish_reasons":
      finishReasons.length === 0 ? undefined : finishReasons.map((reason) => plain(reason) ?? "_OTHER"),
    "gen_ai.usage.input_tokens": promptTokens,
    "gen_ai.usage.cache_read.input_tokens": cachedTokens,
    "gen_ai.usage.output_tokens": completionTokens,
    "vouch.azure.spilled_from": plain(spilledFrom),
  });
}

/** What is known when a request is over. */
export function requestEndAttributes(result: TraceResult): Attributes {
  const { promptTokens, cachedTokens, completionTokens, attempts, decision } = result;
  return present({
    ...commonEndAttributes(result),
    "vouch.usage.input_tokens": promptTokens,
    "vouch.usage.cached_tokens": cachedTokens,
    "vouch.usage.output_tokens": completionTokens,
    "vouch.attempts": attempts,
    "vouch.route.decision": decision,
  });
}

function commonEndAttributes(result: TraceResult) {
  const { firstTokenMs, costMicros } = result;
  return {
    "vouch.outcome": result.outcome,
    "error.type": result.errorType,
    "http.response.status_code": result.status,
    "gen_ai.response.time_to_first_chunk": firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    "vouch.usage.estimated": result.isUsageEstimated,
    "vouch.cost_micros": costMicros ?? undefined,
  };
}

/** Attributes that are there. */
function present(attributes: Readonly<Record<string, Attributes[string]>>): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) kept[name] = value;
  return kept;
}

function plain(text: string | undefined): string | undefined {
  return text !== undefined && WORD.test(text) ? text : undefined;
}

function serverAttributes(baseUrl: string | undefined): Attributes {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl);
  if (url === null) return {};
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { "server.address": url.hostname, "server.port": port };
}
