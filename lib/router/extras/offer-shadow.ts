import type { ModelConfig } from "../config/router-config.ts";
import { adaptEndpoint } from "../endpoints/adapt-endpoint.ts";
import { estimateRequestTokens } from "../endpoints/estimate-request.ts";
import type { JsonObject } from "../http/read-json-body.ts";
import { type ModelRequest, type RouterParts, upstreamOf } from "../model-request.ts";
import type { Endpoint, UpstreamReply } from "../upstreams/upstream.ts";
import { UpstreamError, upstreamFault } from "../upstreams/upstream-error.ts";
import { recordAttempt } from "../usage/record-attempt.ts";
import type { ShadowResult } from "./shadow.ts";

/** Stands before the request id in the usage rows of copies: their cost is nobody's answer. */
export const SHADOW_PREFIX = "shadow:";

/** Endpoints whose calls leave nothing behind at the upstream. */
const COPIED: ReadonlySet<Endpoint> = new Set(["chat/completions", "completions", "embeddings", "rerank"]);

/**
 * Offers an answered request to the shadow of its model, when it has one. The copy asks the other model's first place
 * once, without a stream, outside of limits, retries and health; its usage is recorded for the request's owner under
 * `shadow:` and the request's id.
 */
export function offerShadow(asked: ModelRequest, parts: RouterParts, totalMs: number): void {
  const { requestId, endpoint, caller, cost } = asked;
  if (asked.model.shadow === undefined || !COPIED.has(endpoint) || asked.body.store === true) return;
  const model = parts.config.models.get(asked.model.shadow.model);
  const shadow = parts.extras.shadowFor(asked.model);
  if (model === undefined || shadow === undefined) return;
  const { stream: _, stream_options: __, ...body } = asked.body;
  shadow.offer({
    requestId,
    totalMs,
    completionTokens: cost.completionTokens,
    copy: (signal) => copyRequest({ requestId, endpoint, body, caller, model }, parts, signal),
  });
}

interface Copy {
  readonly requestId: string;
  readonly endpoint: Endpoint;
  readonly body: JsonObject;
  readonly caller: ModelRequest["caller"];
  readonly model: ModelConfig;
}

async function copyRequest(copy: Copy, parts: RouterParts, signal: AbortSignal): Promise<ShadowResult> {
  const [target] = copy.model.targets;
  const adapter = adaptEndpoint(copy.endpoint, copy.body, target.upstream);
  const { upstreamModel } = target;
  const { endpoint, body } = adapter;
  const startedAt = performance.now();
  const requestId = `${SHADOW_PREFIX}${copy.requestId}`;
  let reply: UpstreamReply | undefined;
  let failure: UpstreamError | undefined;
  try {
    reply = await upstreamOf(target, parts).request({ endpoint, body, requestId, upstreamModel }, signal);
    if (!adapter.isReply(reply.json)) throw upstreamFault("bad_reply", target.upstream.name);
    const usage = adapter.readUsage(reply.json);
    return { completionTokens: usage?.completionTokens ?? adapter.completionTokens(reply.json) };
  } catch (error) {
    if (error instanceof UpstreamError) failure = error;
    throw error;
  } finally {
    const reported = reply === undefined ? undefined : adapter.readUsage(reply.json);
    const wasWorkedOn = failure === undefined || !(failure.isUnsent || failure.fault === "refused");
    recordAttempt(
      {
        owner: copy.caller,
        requestId,
        attempt: 1,
        endpoint: copy.endpoint,
        model: copy.model,
        target,
        decision: "shadow",
        outcome: failure === undefined ? "complete" : failure.fault === "cancelled" ? "cancelled" : "failed",
        error: failure,
        usage: reported ?? {
          promptTokens: wasWorkedOn ? estimateRequestTokens(endpoint, body) : 0,
          cachedTokens: 0,
          completionTokens: reply === undefined ? 0 : adapter.completionTokens(reply.json),
        },
        isEstimated: reported === undefined && wasWorkedOn,
        firstTokenMs: undefined,
        totalMs: performance.now() - startedAt,
      },
      parts.usage,
    );
  }
}
