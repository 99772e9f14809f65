import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "../identity/schema.ts";
import { logger } from "../platform/log.ts";
import type { Authenticate } from "./authenticate.ts";
import type { ModelConfig } from "./config/router-config.ts";
import { checkBody } from "./endpoints/check-body.ts";
import { estimateRequestTokens } from "./endpoints/estimate-request.ts";
import type { StoredAnswer } from "./extras/exact-cache.ts";
import { findReuse } from "./extras/find-reuse.ts";
import { offerShadow } from "./extras/offer-shadow.ts";
import { serveStored } from "./extras/serve-stored.ts";
import { findModel, modelNotFound } from "./find-model.ts";
import { ApiError, toApiError } from "./http/api-error.ts";
import { ByteBudget } from "./http/byte-budget.ts";
import { clientClosed, drain, type JsonObject, readJsonBody } from "./http/read-json-body.ts";
import { sendApiError, sendJson } from "./http/send-json.ts";
import { estimateDemand } from "./limits/estimate-demand.ts";
import type { Reservation } from "./limits/limiter.ts";
import { describeModel, describeModels } from "./list-models.ts";
import type { ModelRequest, RouterParts } from "./model-request.ts";
import { RequestCost } from "./request-cost.ts";
import type { RequestSummary } from "./request-summary.ts";
import { routerMetrics } from "./router-metrics.ts";
import { serveReply } from "./serve-reply.ts";
import { serveStream } from "./serve-stream.ts";
import type { RequestTrace, TracedRequest } from "./tracing/request-trace.ts";
import type { Endpoint } from "./upstreams/upstream.ts";
import { UpstreamError } from "./upstreams/upstream-error.ts";

/** A request as it arrived. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Aborts when the client leaves or the program stops. */
  readonly signal: AbortSignal;
  readonly authenticate: Authenticate;
}

/** All bodies together: a few dozen of the largest, or thousands of ordinary ones. */
const BODY_BUDGET_BYTES = 256 * 1024 * 1024;
const BODY_LIMITS = {
  maxBytes: 10 * 1024 * 1024,
  timeoutMs: 60_000,
  budget: new ByteBudget(BODY_BUDGET_BYTES),
};

const endpoints: ReadonlyMap<string, Endpoint> = new Map(
  (["chat/completions", "completions", "embeddings", "rerank", "responses"] as const).map((endpoint) => [
    `/v1/${endpoint}`,
    endpoint,
  ]),
);

const MODELS_PATH = "/v1/models";

/** Answers one request under `/v1`; never rejects. */
export async function handleRequest(arrival: Arrival, parts: RouterParts): Promise<void> {
  const failureHeaders: Record<string, string> = { "x-request-id": arrival.requestId };
  try {
    await route(arrival, parts, failureHeaders);
  } catch (error) {
    const answer = error instanceof UpstreamError ? error.answer : toApiError(error);
    if (error instanceof UpstreamError) logUpstreamError(error, arrival, failureHeaders);
    else if (error instanceof ApiError) logRefusal(error, arrival);
    else if (answer.status >= 500)
      logger.error({ requestId: arrival.requestId, error }, "router request failed");
    if (!(error instanceof UpstreamError)) routerMetrics().refusals.inc({ status: String(answer.status) });
    if (arrival.response.headersSent) arrival.response.destroy();
    else sendApiError(arrival.response, answer, failureHeaders);
    // Refused before its body was read: Node would go on reading it for ever.
    drain(arrival.request);
  }
}

async function route(
  arrival: Arrival,
  parts: RouterParts,
  failureHeaders: Record<string, string>,
): Promise<void> {
  const path = (arrival.request.url ?? "").split("?", 1)[0] ?? "";
  const endpoint = endpoints.get(path);
  const isModels = path === MODELS_PATH || path.startsWith(`${MODELS_PATH}/`);
  if (endpoint === undefined && !isModels) {
    throw new ApiError(404, {
      message: `Unknown request URL: ${arrival.request.method} ${path.slice(0, 200)}.`,
      code: "unknown_url",
    });
  }
  const method = endpoint === undefined ? "GET" : "POST";
  if (arrival.request.method !== method) {
    const message = `Not allowed to ${arrival.request.method} on ${path.slice(0, 200)}.`;
    throw new ApiError(405, { message, code: "method_not_allowed" }, { headers: { allow: method } });
  }
  const arrivedAt = performance.now();
  const caller = await arrival.authenticate(arrival.request.headers);
  if (endpoint === undefined) sendModels(arrival, path, parts);
  else
    await serveModel(arrival, parts, {
      endpoint,
      caller,
      failureHeaders,
      spentMs: performance.now() - arrivedAt,
    });
}

function sendModels({ response, requestId }: Arrival, path: string, { config }: RouterParts): void {
  const headers = { "x-request-id": requestId };
  if (path === MODELS_PATH) {
    sendJson(response, 200, JSON.stringify(describeModels(config)), headers);
    return;
  }
  const name = decodeName(path.slice(MODELS_PATH.length + 1));
  const model = describeModel(name, config);
  if (model === undefined) throw modelNotFound(name);
  sendJson(response, 200, JSON.stringify(model), headers);
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // A stray percent sign: no model is called so, and the answer is the usual 404.
    return encoded;
  }
}

interface Identified {
  readonly endpoint: Endpoint;
  readonly caller: Principal;
  readonly failureHeaders: Record<string, string>;
  /** Milliseconds the router took so far. */
  readonly spentMs: number;
}

async function serveModel(arrival: Arrival, parts: RouterParts, who: Identified): Promise<void> {
  const body = await readJsonBody(arrival.request, BODY_LIMITS);
  if (arrival.signal.aborted) throw clientClosed();
  const readAt = performance.now();
  const { endpoint, caller, failureHeaders, spentMs } = who;
  const { model, tier } = findModel(body, endpoint, parts.config);
  checkBody(body, endpoint);
  const header = arrival.request.headers["x-vouch-cache"];
  const reuse = await findReuse(
    { caller, endpoint, model, body, header: typeof header === "string" ? header : undefined },
    parts.extras.cache,
  );
  const reservation = await reserve(body, model, who, parts);
  let overheadMs: number | undefined;
  const elapsedMs = () => spentMs + performance.now() - readAt;
  const asked: ModelRequest = {
    ...arrival,
    caller,
    endpoint,
    failureHeaders: Object.assign(failureHeaders, reservation.headers),
    body,
    model,
    reuse: reuse.plan,
    items: endpoint === "responses" ? parts.items.of(caller) : undefined,
    trace: traceRequest(arrival, parts, { endpoint, model: model.name, isStream: body.stream === true }),
    answerHeaders: {
      ...reservation.headers,
      ...reuse.headers,
      ...(tier === undefined ? {} : { "x-vouch-tier": tier }),
    },
    cost: new RequestCost(),
    elapsedMs,
    overheadMs: () => overheadMs ?? elapsedMs(),
    onDispatch: () => {
      if (overheadMs !== undefined) return;
      overheadMs = elapsedMs();
      routerMetrics().overhead.observe(overheadMs / 1000);
    },
  };
  try {
    if (arrival.signal.aborted) throw clientClosed();
    const summary = await answer(asked, parts, reuse.stored);
    endTrace(asked, summary);
    logRequest(asked, summary, performance.now() - readAt);
    if (summary.outcome === "complete" && summary.attempts > 0) offerShadow(asked, parts, elapsedMs());
  } catch (error) {
    asked.trace?.end({
      outcome: "failed",
      errorType: error instanceof UpstreamError ? error.fault : "refused",
      status: (error instanceof UpstreamError ? error.answer : toApiError(error)).status,
    });
    throw error;
  } finally {
    if (overheadMs === undefined) reservation.release();
    else reservation.settle(asked.cost);
  }
}

/** From memory when there is a stored answer, else from an upstream. */
function answer(
  asked: ModelRequest,
  parts: RouterParts,
  stored: StoredAnswer | undefined,
): RequestSummary | Promise<RequestSummary> {
  if (stored !== undefined) return serveStored(asked, parts, stored);
  const { endpoint, body } = asked;
  const isStream = body.stream === true && endpoint !== "embeddings" && endpoint !== "rerank";
  return isStream ? serveStream(asked, parts) : serveReply(asked, parts);
}

/** Takes the request's share of its caller's limits; mostly at once, without a turn of the event loop. */
function reserve(
  body: JsonObject,
  model: ModelConfig,
  { caller, endpoint }: Identified,
  { limiter, config }: RouterParts,
): Reservation | Promise<Reservation> {
  const others = [...model.fallbacks, model.contentFilterFallback].flatMap(
    (name) => (name === undefined ? undefined : config.models.get(name))?.targets ?? [],
  );
  const demand = estimateDemand(body, {
    model: model.name,
    targets: [...model.targets, ...others],
    promptTokens: estimateRequestTokens(endpoint, body),
    hasCompletion: model.kind === "chat",
    isStream: body.stream === true,
  });
  return limiter.reserve(caller, demand, config.limits);
}

function traceRequest(
  { request, requestId }: Arrival,
  { tracer }: RouterParts,
  about: Pick<TracedRequest, "endpoint" | "model" | "isStream">,
): RequestTrace | undefined {
  if (tracer === undefined) return undefined;
  const { traceparent, tracestate } = request.headers;
  return tracer.begin({
    ...about,
    requestId,
    traceparent: typeof traceparent === "string" ? traceparent : undefined,
    tracestate: typeof tracestate === "string" ? tracestate : undefined,
  });
}

function endTrace({ trace, cost, answerHeaders }: ModelRequest, summary: RequestSummary): void {
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

function logRequest(asked: ModelRequest, summary: RequestSummary, durationMs: number): void {
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

/** What the router refuses by itself is no fault of its code: one short line, and none for what clients got wrong. */
function logRefusal({ status, detail }: ApiError, { requestId }: Arrival): void {
  if (status >= 500) logger.warn({ requestId, status, code: detail.code }, "router refused a request");
}

function logUpstreamError(
  error: UpstreamError,
  { requestId }: Arrival,
  headers: Record<string, string>,
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
