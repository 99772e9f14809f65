import { ERROR_TABLE } from "../shared/error-table.ts";
import { isJsonObject } from "./http/read-json-body.ts";
import {
  chooseTarget,
  type ModelRequest,
  mayRepeat,
  type RouterParts,
  routeHeaders,
  upstreamOf,
} from "./model-request.ts";
import type { RequestSummary } from "./request-summary.ts";
import { routerMetrics } from "./router-metrics.ts";
import { ClientStream } from "./stream/client-stream.ts";
import { type AttemptResult, StreamAttempt } from "./stream/stream-attempt.ts";
import { estimatePromptTokens } from "./usage/estimate-prompt.ts";
import { recordAttempt } from "./usage/record-attempt.ts";

/** What a client reads in place of `[DONE]` when an answer is not whole. */
const interruptedEvent = `data: ${JSON.stringify({
  error: {
    message: ERROR_TABLE.stream_interrupted.message,
    type: "upstream_error",
    param: null,
    code: "stream_interrupted",
  },
})}\n\n`;

/**
 * Streams a chat answer to the client. An error before the first real output is thrown, so that it becomes an HTTP
 * error; after it the stream ends with an error event and without `[DONE]`.
 *
 * @throws ApiError when no attempt began.
 */
export async function serveStream(asked: ModelRequest, parts: RouterParts): Promise<RequestSummary> {
  const target = chooseTarget(asked.model);
  let running: StreamAttempt | undefined;
  const client = new ClientStream(asked.response, parts.config.clientStuckMs, {
    full: () => running?.pause(),
    drained: () => running?.resume(),
  });
  const onAbort = () => running?.cancel();
  asked.signal.addEventListener("abort", onAbort, { once: true });
  try {
    for (let attempt = 1; ; attempt += 1) {
      running = beginAttempt(asked, parts, client, attempt);
      if (asked.signal.aborted) running.cancel();
      const result = await running.result;
      recordStreamAttempt(asked, parts, result, attempt);
      if (result.outcome === "failed" && result.error !== undefined) {
        if (mayRepeat(result.error, attempt, asked.signal)) continue;
        Object.assign(asked.failureHeaders, routeHeaders(target, attempt));
        throw result.error;
      }
      if (result.outcome === "complete") client.end("data: [DONE]\n\n");
      else if (result.outcome === "interrupted") client.end(interruptedEvent);
      else asked.response.destroy();
      return {
        target,
        attempts: attempt,
        outcome: result.outcome,
        firstTokenMs: result.firstTokenMs,
        error: result.error,
      };
    }
  } finally {
    asked.signal.removeEventListener("abort", onAbort);
  }
}

function beginAttempt(
  asked: ModelRequest,
  parts: RouterParts,
  client: ClientStream,
  attempt: number,
): StreamAttempt {
  const { body, endpoint, model, requestId } = asked;
  const target = chooseTarget(model);
  const call = { endpoint, body, requestId, upstreamModel: target.upstreamModel };
  asked.onDispatch();
  return new StreamAttempt(upstreamOf(target, parts), call, {
    timeouts: target.upstream.timeouts,
    withUsage: isJsonObject(body.stream_options) && body.stream_options.include_usage === true,
    expectedChoices: typeof body.n === "number" && body.n > 1 ? body.n : 1,
    output: {
      open: () => client.open({ "x-request-id": requestId, ...routeHeaders(target, attempt) }),
      write: (text) => client.write(text),
    },
    onDroppedEvent: () => routerMetrics().droppedEvents.inc({ upstream: target.upstream.name }),
  });
}

function recordStreamAttempt(
  asked: ModelRequest,
  parts: RouterParts,
  result: AttemptResult,
  attempt: number,
): void {
  const { tally, error } = result;
  const wasWorkedOn =
    error === undefined || !(error.isUnsent || error.fault === "refused") || tally.deltaTokens > 0;
  const estimate = {
    promptTokens: wasWorkedOn ? estimatePromptTokens(asked.body) : 0,
    cachedTokens: 0,
    completionTokens: tally.deltaTokens,
  };
  recordAttempt(
    {
      owner: asked.caller,
      requestId: asked.requestId,
      attempt,
      endpoint: asked.endpoint,
      model: asked.model,
      target: chooseTarget(asked.model),
      outcome: result.outcome,
      error,
      usage: tally.usage ?? estimate,
      isEstimated: tally.usage === undefined && wasWorkedOn,
      firstTokenMs: result.firstTokenMs,
      totalMs: result.totalMs,
    },
    parts.usage,
  );
}
