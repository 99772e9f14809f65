import type { ModelConfig, ModelTarget, RouterConfig } from "./config/router-config.ts";
import { estimateRequestTokens } from "./endpoints/estimate-request.ts";
import { isStreamed } from "./endpoints/is-streamed.ts";
import { estimateDemand } from "./limits/estimate-demand.ts";
import type { Limiter, Reservation } from "./limits/limiter.ts";
import type { ModelRequest } from "./model-request.ts";
import type { UsageOwner } from "./usage/record-attempt.ts";

/** A request as far as limits look at it. */
interface LimitedRequest extends Pick<ModelRequest, "endpoint" | "body" | "model"> {
  readonly caller: UsageOwner;
}

/** Takes the request's share of its caller's limits; mostly at once, without a turn of the event loop. */
export function reserveLimits(
  { caller, endpoint, body, model }: LimitedRequest,
  { limiter, config }: { readonly limiter: Pick<Limiter, "reserve">; readonly config: RouterConfig },
): Reservation | Promise<Reservation> {
  const demand = estimateDemand(body, {
    model: model.name,
    targets: allTargets(model, config),
    promptTokens: estimateRequestTokens(endpoint, body),
    hasCompletion: model.kind === "chat",
    isStream: isStreamed(endpoint, body),
  });
  return limiter.reserve(caller, demand, config.limits);
}

/** Every target that may be asked: the dearest of them is reserved for. */
function allTargets(
  { targets, fallbacks, contentFilterFallback }: ModelConfig,
  { models }: RouterConfig,
): readonly ModelTarget[] {
  if (fallbacks.length === 0 && contentFilterFallback === undefined) return targets;
  const others = [...fallbacks, contentFilterFallback].flatMap(
    (name) => (name === undefined ? undefined : models.get(name))?.targets ?? [],
  );
  return [...targets, ...others];
}
