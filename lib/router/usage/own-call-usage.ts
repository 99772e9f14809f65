import type { TokenUsage } from "../stream/read-chunk.ts";
import type { UpstreamError } from "../upstreams/upstream-error.ts";

/**
 * What a call that this process made for itself is billed: nothing when the upstream never took it up, what it reported,
 * or else the estimate, which is asked for only then.
 */
export function ownCallUsage(
  error: UpstreamError | undefined,
  reported: TokenUsage | undefined,
  estimate: () => Partial<TokenUsage>,
): { usage: TokenUsage; isEstimated: boolean } {
  const none = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
  if (error !== undefined && (error.isUnsent || error.fault === "refused"))
    return { usage: none, isEstimated: false };
  if (reported !== undefined) return { usage: reported, isEstimated: false };
  return { usage: { ...none, ...estimate() }, isEstimated: true };
}
