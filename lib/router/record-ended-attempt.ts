import type { EndpointAdapter } from "./endpoints/adapt-endpoint.ts";
import { estimateRequestTokens } from "./endpoints/estimate-request.ts";
import type { ModelRequest, RouterParts } from "./model-request.ts";
import type { RouteStep } from "./routing/route-run.ts";
import type { TokenUsage } from "./stream/read-chunk.ts";
import type { AttemptOutcome } from "./stream/stream-attempt.ts";
import type { AttemptTrace } from "./tracing/request-trace.ts";
import type { Spillover } from "./upstreams/azure/read-spillover.ts";
import type { UpstreamError } from "./upstreams/upstream-error.ts";
import { recordAttempt } from "./usage/record-attempt.ts";

/** An attempt that is over, streamed or not. */
interface EndedCall {
  readonly step: RouteStep;
  /** From 1. */
  readonly attempt: number;
  readonly adapter: EndpointAdapter;
  readonly outcome: AttemptOutcome;
  readonly error: UpstreamError | undefined;
  /** The upstream's own count. */
  readonly reported: TokenUsage | undefined;
  /** Tokens of the answer as far as they were seen; asked for when the upstream told no count. */
  readonly seenTokens: () => number;
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
  readonly trace: AttemptTrace | undefined;
  readonly spillover: Spillover;
}

/**
 * Records what an attempt took: the upstream's own count, or the prompt and the tokens seen. An upstream that refused,
 * or was never reached, and showed nothing has worked on nothing.
 *
 * @returns what was recorded.
 */
export function recordEndedAttempt(asked: ModelRequest, parts: RouterParts, ended: EndedCall): TokenUsage {
  const { outcome, error, reported, trace } = ended;
  const isEstimated = reported === undefined;
  const usage = reported ?? estimateUsage(ended);
  const wasWorkedOn = usage.promptTokens > 0 || usage.completionTokens > 0;
  const costMicros = recordAttempt(
    {
      owner: asked.caller,
      requestId: asked.requestId,
      attempt: ended.attempt,
      endpoint: asked.endpoint,
      model: asked.model,
      target: ended.step.target,
      decision: withTier(ended.step.decision, asked),
      outcome,
      error,
      usage,
      isEstimated: isEstimated && wasWorkedOn,
      firstTokenMs: ended.firstTokenMs,
      totalMs: ended.totalMs,
    },
    parts.usage,
  );
  asked.cost.add(usage, costMicros);
  trace?.end({
    outcome,
    errorType: error?.fault,
    status: error?.upstreamStatus,
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    completionTokens: usage.completionTokens,
    isUsageEstimated: isEstimated,
    firstTokenMs: ended.firstTokenMs,
    costMicros,
    spilledFrom: ended.spillover.fromDeployment,
  });
  return usage;
}

function estimateUsage({ error, adapter, seenTokens }: EndedCall): TokenUsage {
  const completionTokens = seenTokens();
  const wasWorkedOn =
    error === undefined || !(error.isUnsent || error.fault === "refused") || completionTokens > 0;
  return {
    promptTokens: wasWorkedOn ? estimateRequestTokens(adapter.endpoint, adapter.body) : 0,
    cachedTokens: 0,
    completionTokens,
  };
}

/** The decision of a row: why this place, and the tier when one chose the model. */
function withTier(decision: string, { answerHeaders }: ModelRequest): string {
  const tier = answerHeaders["x-vouch-tier"]?.split(";", 1)[0];
  return tier === undefined ? decision : `${decision};tier:${tier}`;
}
