import { setTimeout as sleep } from "node:timers/promises";
import { adaptEndpoint, type EndpointAdapter } from "./endpoints/adapt-endpoint.ts";
import { estimateRequestTokens } from "./endpoints/estimate-request.ts";
import { recordReuse } from "./extras/record-reuse.ts";
import { shareReply } from "./extras/share-reply.ts";
import { routerClosing } from "./http/api-error.ts";
import { sendJson } from "./http/send-json.ts";
import type { ModelReply, ReplyOutcome } from "./model-reply.ts";
import {
  beginRoute,
  type ModelRequest,
  type RouterParts,
  routeHeaders,
  upstreamOf,
} from "./model-request.ts";
import { withTier } from "./record-stream-attempt.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { RouteStep } from "./routing/route-run.ts";
import { traceAttempt } from "./trace-attempt.ts";
import type { AttemptTrace } from "./tracing/request-trace.ts";
import { readSpillover, spilloverHeader } from "./upstreams/azure/read-spillover.ts";
import type { UpstreamReply } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";
import { recordAttempt } from "./usage/record-attempt.ts";

/**
 * Answers in one piece: chat without `stream`, embeddings, reranking.
 *
 * @throws ApiError or UpstreamError when no attempt gave an answer.
 */
export async function serveReply(asked: ModelRequest, parts: RouterParts): Promise<RequestSummary> {
  const { result: answer, role } = await shareReply(asked, parts, (signal) =>
    requestReply({ ...asked, signal }, parts),
  );
  if ("error" in answer) {
    if (!asked.response.destroyed) throw routerClosing();
    return { ...answer, outcome: "cancelled", firstTokenMs: undefined };
  }
  const isShared = role === "follower";
  const target = isShared ? recordReuse(asked, parts) : answer.step.target;
  const attempts = isShared ? 0 : answer.attempts;
  sendJson(asked.response, 200, answer.bytes, {
    "x-request-id": asked.requestId,
    "x-vouch-overhead-ms": Math.max(0, asked.elapsedMs() - answer.upstreamMs).toFixed(2),
    ...asked.answerHeaders,
    ...(isShared ? { "x-vouch-cache": "shared" } : {}),
    ...routeHeaders(target, attempts),
    ...(isShared ? {} : spilloverHeader(answer.spillover)),
  });
  return {
    target,
    attempts,
    // A leader whose client left goes on while others wait for its answer.
    outcome: asked.signal.aborted ? "cancelled" : "complete",
    firstTokenMs: undefined,
    error: undefined,
  };
}

/**
 * Asks one place after another until one answers.
 *
 * @throws ApiError or UpstreamError when none did.
 */
export async function requestReply(asked: ModelRequest, parts: RouterParts): Promise<ReplyOutcome> {
  const route = beginRoute(asked, parts);
  let upstreamMs = 0;
  for (let attempts = 0, last: RouteStep | undefined; ; ) {
    const step = route.next();
    if (step === undefined) {
      if (last !== undefined) Object.assign(asked.failureHeaders, routeHeaders(last.target, attempts));
      throw route.error;
    }
    // Without a wait no turn may pass between choice and call: requests that come together would all choose alike.
    if (step.waitMs > 0) await waited(step.waitMs, asked.signal);
    if (asked.signal.aborted) {
      return { target: step.target, attempts, error: upstreamFault("cancelled", step.target.upstream.name) };
    }
    upstreamMs += step.waitMs;
    attempts += 1;
    last = step;
    route.began(step);
    const startedAt = performance.now();
    try {
      const reply = await requestOnce(asked, parts, step, attempts);
      upstreamMs += performance.now() - startedAt;
      return { step, attempts, upstreamMs, ...reply };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      upstreamMs += performance.now() - startedAt;
      if (error.fault === "cancelled") return { target: step.target, attempts, error };
      route.failed(step, error);
    }
  }
}

async function waited(waitMs: number, signal: AbortSignal): Promise<void> {
  // The client's leaving ends the wait.
  await sleep(waitMs, undefined, { signal }).catch(() => undefined);
}

async function requestOnce(
  asked: ModelRequest,
  parts: RouterParts,
  step: RouteStep,
  attempt: number,
): Promise<Pick<ModelReply, "bytes" | "json" | "spillover">> {
  const { target, state } = step;
  const adapter = adaptEndpoint(asked.endpoint, asked.body, target.upstream, asked.items);
  const call = state.begin();
  const trace = traceAttempt(asked, target, attempt);
  const startedAt = performance.now();
  asked.onDispatch();
  let reply: UpstreamReply | undefined;
  let failure: UpstreamError | undefined;
  try {
    const { endpoint, body } = adapter;
    reply = await upstreamOf(target, parts).request(
      {
        endpoint,
        body,
        requestId: asked.requestId,
        upstreamModel: target.upstreamModel,
        headers: trace?.headers,
      },
      asked.signal,
    );
    if (!adapter.isReply(reply.json)) throw upstreamFault("bad_reply", target.upstream.name);
    // A whole answer is its own first token: slow ones count for the choice as well.
    call.firstToken(performance.now() - startedAt);
    trace?.answer(reply.json);
    const translated = adapter.toClient(reply.json);
    return {
      spillover: readSpillover(reply.headers ?? {}),
      bytes: translated === undefined ? reply.bytes : Buffer.from(JSON.stringify(translated)),
      json: translated ?? reply.json,
    };
  } catch (error) {
    if (error instanceof UpstreamError) failure = error;
    throw error;
  } finally {
    call.end(failure);
    recordReply(asked, parts, { step, attempt, adapter, startedAt, reply, failure, trace });
  }
}

interface EndedReply {
  readonly step: RouteStep;
  readonly attempt: number;
  readonly adapter: EndpointAdapter;
  readonly startedAt: number;
  readonly reply: UpstreamReply | undefined;
  readonly failure: UpstreamError | undefined;
  readonly trace: AttemptTrace | undefined;
}

function recordReply(asked: ModelRequest, parts: RouterParts, ended: EndedReply): void {
  const { failure, reply, adapter } = ended;
  const reported = reply === undefined ? undefined : adapter.readUsage(reply.json);
  const wasWorkedOn = failure === undefined || !(failure.isUnsent || failure.fault === "refused");
  const usage = reported ?? {
    promptTokens: wasWorkedOn ? estimateRequestTokens(adapter.endpoint, adapter.body) : 0,
    cachedTokens: 0,
    completionTokens: reply === undefined ? 0 : adapter.completionTokens(reply.json),
  };
  const costMicros = recordAttempt(
    {
      owner: asked.caller,
      requestId: asked.requestId,
      attempt: ended.attempt,
      endpoint: asked.endpoint,
      model: asked.model,
      target: ended.step.target,
      decision: withTier(ended.step.decision, asked),
      outcome: outcomeOf(failure),
      error: failure,
      usage,
      isEstimated: reported === undefined && wasWorkedOn,
      firstTokenMs: undefined,
      totalMs: performance.now() - ended.startedAt,
    },
    parts.usage,
  );
  asked.cost.add(usage, costMicros);
  ended.trace?.end({
    outcome: outcomeOf(failure),
    errorType: failure?.fault,
    status: failure?.upstreamStatus,
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    completionTokens: usage.completionTokens,
    isUsageEstimated: reported === undefined,
    costMicros,
    spilledFrom: readSpillover(reply?.headers ?? {}).fromDeployment,
  });
}

function outcomeOf(failure: UpstreamError | undefined): "complete" | "cancelled" | "failed" {
  if (failure === undefined) return "complete";
  return failure.fault === "cancelled" ? "cancelled" : "failed";
}
