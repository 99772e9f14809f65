import type { TokenUsage } from "./stream/read-chunk.ts";

/** What the attempts of one request took together, as its limits are settled. */
export class RequestCost {
  #tokens = 0;
  #completionTokens = 0;
  #costMicros: number | null = 0;

  get tokens(): number {
    return this.#tokens;
  }

  get completionTokens(): number {
    return this.#completionTokens;
  }

  /** Millionths of the price table's currency; null when any attempt's price is unknown. */
  get costMicros(): number | null {
    return this.#costMicros;
  }

  add(usage: TokenUsage, costMicros: number | null): void {
    this.#tokens += usage.promptTokens + usage.completionTokens;
    this.#completionTokens += usage.completionTokens;
    this.#costMicros =
      this.#costMicros === null || costMicros === null ? null : this.#costMicros + costMicros;
  }
}
