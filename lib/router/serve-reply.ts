import { isJsonObject } from "./http/read-json-body.ts";
import { sendJson } from "./http/send-json.ts";
import {
  chooseTarget,
  type ModelRequest,
  mayRepeat,
  type RouterParts,
  routeHeaders,
  upstreamOf,
} from "./model-request.ts";
import type { RequestSummary } from "./request-summary.ts";
import {
  estimateTokensByLength,
  nameReasoningTwice,
  readUsage,
  type TokenUsage,
} from "./stream/read-chunk.ts";
import type { UpstreamReply } from "./upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "./upstreams/upstream-error.ts";
import { estimatePromptTokens } from "./usage/estimate-prompt.ts";
import { recordAttempt } from "./usage/record-attempt.ts";

/**
 * Answers in one piece: chat without `stream`, and embeddings.
 *
 * @throws UpstreamError when no attempt gave an answer.
 */
export async function serveReply(asked: ModelRequest, parts: RouterParts): Promise<RequestSummary> {
  const target = chooseTarget(asked.model);
  for (let attempt = 1; ; attempt += 1) {
    const startedAt = performance.now();
    try {
      const reply = await requestOnce(asked, parts);
      recordReplyAttempt(asked, parts, { attempt, startedAt, reply });
      const bytes = nameReasoningTwice(reply.json, "message") ? JSON.stringify(reply.json) : reply.bytes;
      sendJson(asked.response, 200, bytes, {
        "x-request-id": asked.requestId,
        ...routeHeaders(target, attempt),
      });
      return { target, attempts: attempt, outcome: "complete", firstTokenMs: undefined, error: undefined };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      recordReplyAttempt(asked, parts, { attempt, startedAt, error });
      if (error.fault === "cancelled") {
        asked.response.destroy();
        return { target, attempts: attempt, outcome: "cancelled", firstTokenMs: undefined, error };
      }
      if (mayRepeat(error, attempt, asked.signal)) continue;
      Object.assign(asked.failureHeaders, routeHeaders(target, attempt));
      throw error;
    }
  }
}

async function requestOnce(asked: ModelRequest, parts: RouterParts): Promise<UpstreamReply> {
  const { endpoint, body, requestId, model, signal } = asked;
  const target = chooseTarget(model);
  asked.onDispatch();
  const call = { endpoint, body, requestId, upstreamModel: target.upstreamModel };
  const reply = await upstreamOf(target, parts).request(call, signal);
  const expected = endpoint === "embeddings" ? reply.json.data : reply.json.choices;
  if (!Array.isArray(expected)) throw upstreamFault("bad_reply", target.upstream.name);
  return reply;
}

interface ReplyAttempt {
  readonly attempt: number;
  readonly startedAt: number;
  readonly reply?: UpstreamReply;
  readonly error?: UpstreamError;
}

function recordReplyAttempt(asked: ModelRequest, parts: RouterParts, ended: ReplyAttempt): void {
  const { error, reply } = ended;
  const reported = reply === undefined ? undefined : readUsage(reply.json.usage);
  const wasWorkedOn = error === undefined || !(error.isUnsent || error.fault === "refused");
  recordAttempt(
    {
      owner: asked.caller,
      requestId: asked.requestId,
      attempt: ended.attempt,
      endpoint: asked.endpoint,
      model: asked.model,
      target: chooseTarget(asked.model),
      outcome: outcomeOf(error),
      error,
      usage: reported ?? estimateUsage(asked, reply, wasWorkedOn),
      isEstimated: reported === undefined && wasWorkedOn,
      firstTokenMs: undefined,
      totalMs: performance.now() - ended.startedAt,
    },
    parts.usage,
  );
}

function outcomeOf(error: UpstreamError | undefined): "complete" | "cancelled" | "failed" {
  if (error === undefined) return "complete";
  return error.fault === "cancelled" ? "cancelled" : "failed";
}

function estimateUsage(
  asked: ModelRequest,
  reply: UpstreamReply | undefined,
  wasWorkedOn: boolean,
): TokenUsage {
  return {
    promptTokens: wasWorkedOn ? estimatePromptTokens(asked.body) : 0,
    cachedTokens: 0,
    completionTokens: asked.endpoint === "embeddings" ? 0 : tokensInChoices(reply?.json.choices),
  };
}

function tokensInChoices(choices: unknown): number {
  if (!Array.isArray(choices)) return 0;
  return choices.reduce<number>((sum, choice) => {
    const message = isJsonObject(choice) && isJsonObject(choice.message) ? choice.message : {};
    return sum + (typeof message.content === "string" ? estimateTokensByLength(message.content.length) : 0);
  }, 0);
}
