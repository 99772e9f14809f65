import type { ModelTarget } from "../config/router-config.ts";
import type { JsonObject } from "../http/read-json-body.ts";
import type { LimitDemand } from "./limiter.ts";

/** Reserved for an answer whose length the client left open. */
export const ASSUMED_COMPLETION_TOKENS = 1024;

/** What {@link estimateDemand} needs beside the body. */
export interface DemandContext {
  readonly model: string;
  /** Every target that may be asked, those of fallback models too. */
  readonly targets: readonly ModelTarget[];
  readonly promptTokens: number;
  /** False for embeddings and rankings, which answer without tokens. */
  readonly hasCompletion: boolean;
  readonly isStream: boolean;
}

/**
 * The most a request may take: its prompt, and for each of `n` answers the bound the client set
 * (`max_completion_tokens`, `max_tokens` or `max_output_tokens`), or {@link ASSUMED_COMPLETION_TOKENS} where it set none.
 * The cost is that of the dearest target, the prompt uncached.
 */
export function estimateDemand(body: JsonObject, context: DemandContext): LimitDemand {
  const { model, targets, promptTokens, isStream } = context;
  const bound = context.hasCompletion ? completionBound(body) : 0;
  const maxCompletionTokens = (bound ?? ASSUMED_COMPLETION_TOKENS) * answerCount(body);
  let costMicros: number | null = 0;
  for (const { price } of targets) {
    if (price === undefined || costMicros === null) {
      costMicros = null;
      continue;
    }
    const input = Math.max(price.input, price.cachedInput);
    costMicros = Math.max(costMicros, Math.ceil(promptTokens * input + maxCompletionTokens * price.output));
  }
  return {
    model,
    promptTokens,
    maxCompletionTokens,
    isCompletionAssumed: bound === undefined,
    costMicros,
    isStream,
  };
}

function completionBound(body: JsonObject): number | undefined {
  for (const given of [body.max_completion_tokens, body.max_tokens, body.max_output_tokens]) {
    if (typeof given === "number" && given >= 0) return Math.ceil(given);
  }
  return undefined;
}

function answerCount(body: JsonObject): number {
  // `best_of` of the older endpoint writes more answers than it returns.
  const counts = [body.n, body.best_of].filter((count) => typeof count === "number");
  return Math.max(1, ...counts.map((count) => Math.ceil(count)));
}
