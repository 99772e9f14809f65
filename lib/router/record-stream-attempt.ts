import type { EndpointAdapter } from "./endpoints/adapt-endpoint.ts";
import { estimateRequestTokens } from "./endpoints/estimate-request.ts";
import type { ModelRequest, RouterParts } from "./model-request.ts";
import type { RouteStep } from "./routing/route-run.ts";
import type { TokenUsage } from "./stream/read-chunk.ts";
import type { AttemptResult } from "./stream/stream-attempt.ts";
import type { AttemptTrace } from "./tracing/request-trace.ts";
import type { Spillover } from "./upstreams/azure/read-spillover.ts";
import { recordAttempt } from "./usage/record-attempt.ts";

/** A streamed attempt that is over. */
interface EndedStream {
  readonly step: RouteStep;
  /** From 1. */
  readonly attempt: number;
  readonly result: AttemptResult;
  readonly adapter: EndpointAdapter;
  readonly trace: AttemptTrace | undefined;
  readonly spillover: Spillover;
}

/**
 * Records what a streamed attempt took: the upstream's own count, or the prompt and the tokens seen.
 *
 * @returns what was recorded.
 */
export function recordStreamAttempt(
  asked: ModelRequest,
  parts: RouterParts,
  { step, attempt, result, adapter, trace, spillover }: EndedStream,
): TokenUsage {
  const { tally, error } = result;
  const wasWorkedOn =
    error === undefined || !(error.isUnsent || error.fault === "refused") || tally.deltaTokens > 0;
  const estimate = {
    promptTokens: wasWorkedOn ? estimateRequestTokens(adapter.endpoint, adapter.body) : 0,
    cachedTokens: 0,
    completionTokens: tally.deltaTokens,
  };
  const usage = tally.usage ?? estimate;
  const costMicros = recordAttempt(
    {
      owner: asked.caller,
      requestId: asked.requestId,
      attempt,
      endpoint: asked.endpoint,
      model: asked.model,
      target: step.target,
      decision: withTier(step.decision, asked),
      outcome: result.outcome,
      error,
      usage,
      isEstimated: tally.usage === undefined && wasWorkedOn,
      firstTokenMs: result.firstTokenMs,
      totalMs: result.totalMs,
    },
    parts.usage,
  );
  asked.cost.add(usage, costMicros);
  trace?.end({
    outcome: result.outcome,
    errorType: error?.fault,
    status: error?.upstreamStatus,
    promptTokens: usage.promptTokens,
    cachedTokens: usage.cachedTokens,
    completionTokens: usage.completionTokens,
    isUsageEstimated: tally.usage === undefined,
    firstTokenMs: result.firstTokenMs,
    costMicros,
    spilledFrom: spillover.fromDeployment,
  });
  return usage;
}

/** The decision of a row: why this place, and the tier when one chose the model. */
export function withTier(decision: string, { answerHeaders }: Pick<ModelRequest, "answerHeaders">): string {
  const tier = answerHeaders["x-vouch-tier"]?.split(";", 1)[0];
  return tier === undefined ? decision : `${decision};tier:${tier}`;
}
