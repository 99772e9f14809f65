import { DEFAULT_TIMEOUTS, type ModelTarget } from "../config/router-config.ts";
import type { ModelRequest, RouterParts } from "../model-request.ts";
import { recordAttempt } from "../usage/record-attempt.ts";

/** Name that stands where an upstream's would, for answers that no upstream was asked for. */
export const CACHE_UPSTREAM = "cache";

/** The place a reused answer comes from: it costs nothing. */
export function cacheTarget(model: string): ModelTarget {
  return {
    upstream: { name: CACHE_UPSTREAM, kind: "builtin", timeouts: DEFAULT_TIMEOUTS },
    upstreamModel: model,
    weight: 0,
    price: { input: 0, cachedInput: 0, output: 0 },
  };
}

/** The row of a reused answer: complete, upstream `cache`, no tokens, no cost. */
export function recordReuse(asked: ModelRequest, parts: RouterParts): ModelTarget {
  const target = cacheTarget(asked.model.name);
  recordAttempt(
    {
      owner: asked.caller,
      requestId: asked.requestId,
      attempt: 1,
      endpoint: asked.endpoint,
      model: asked.model,
      target,
      decision: "cache",
      outcome: "complete",
      error: undefined,
      usage: { promptTokens: 0, cachedTokens: 0, completionTokens: 0 },
      isEstimated: false,
      firstTokenMs: undefined,
      totalMs: asked.elapsedMs(),
    },
    parts.usage,
  );
  return target;
}
