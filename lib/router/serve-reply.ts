import { adaptEndpoint } from "./endpoints/adapt-endpoint.ts";
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
import { recordEndedAttempt } from "./record-ended-attempt.ts";
import type { RequestSummary } from "./request-summary.ts";
import type { RouteStep } from "./routing/route-run.ts";
import { waitUnlessStopped } from "./stop-signal.ts";
import { traceAttempt } from "./trace-attempt.ts";
import { readSpillover, spilloverHeader } from "./upstreams/azure/read-spillover.ts";
import type { UpstreamReply } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";

/**
 * Answers in one piece: chat without `stream`, embeddings, reranking.
 *
 * @throws ApiError or UpstreamError when no attempt gave an answer.
 */
export async function serveReply(asked: ModelRequest, parts: RouterParts): Promise<RequestSummary> {
  const { result: answer, role } =
    asked.reuse.key === undefined
      ? ({ result: await requestReply(asked, parts), role: "leader" } as const)
      : await shareReply(asked, parts, (signal) => requestReply({ ...asked, signal }, parts));
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
    if (step.waitMs > 0) await waitUnlessStopped(step.waitMs, asked.signal);
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
    const answered = reply?.json;
    recordEndedAttempt(asked, parts, {
      step,
      attempt,
      adapter,
      outcome: outcomeOf(failure),
      error: failure,
      reported: answered === undefined ? undefined : adapter.readUsage(answered),
      seenTokens: () => (answered === undefined ? 0 : adapter.completionTokens(answered)),
      firstTokenMs: undefined,
      totalMs: performance.now() - startedAt,
      trace,
      spillover: readSpillover(reply?.headers ?? {}),
    });
  }
}

function outcomeOf(failure: UpstreamError | undefined): "complete" | "cancelled" | "failed" {
  if (failure === undefined) return "complete";
  return failure.fault === "cancelled" ? "cancelled" : "failed";
}
