import type { ModelPrice } from "../config/router-config.ts";
import type { TokenUsage } from "../stream/read-chunk.ts";

/**
 * Cost of one attempt in millionths of the price table's currency: a price per million tokens is a millionth per
 * token. Cached prompt tokens have their own price.
 *
 * @returns null when the price is unknown: an unknown cost must not look like no cost.
 */
export function costMicros(usage: TokenUsage, price: ModelPrice | undefined): number | null {
  if (price === undefined) return null;
  const fresh = (usage.promptTokens - usage.cachedTokens) * price.input;
  return Math.round(fresh + usage.cachedTokens * price.cachedInput + usage.completionTokens * price.output);
}
