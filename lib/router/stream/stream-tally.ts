import type { ChunkReading, TokenUsage } from "./read-chunk.ts";

/** What has been seen of one streamed answer so far. */
export class StreamTally {
  /** Estimated tokens in the deltas seen. */
  deltaTokens = 0;
  /** The upstream's own count, once it sent one. */
  usage: TokenUsage | undefined;
  /** Events that were no JSON object and were left out. */
  droppedEvents = 0;
  #expected: number;
  #seen = new Set<number>();
  #finished = new Set<number>();
  /** Of the event before: plain deltas share theirs. */
  #lastIndexes: readonly number[] = [];

  /** @param expectedChoices `n` of the request. */
  constructor(expectedChoices: number) {
    this.#expected = expectedChoices;
  }

  add(reading: ChunkReading): void {
    this.deltaTokens += reading.deltaTokens;
    this.usage = reading.usage ?? this.usage;
    if (reading.indexes !== this.#lastIndexes) {
      for (const index of reading.indexes) this.#seen.add(index);
      this.#lastIndexes = reading.indexes;
    }
    for (const index of reading.finished) this.#finished.add(index);
  }

  /** True when every choice asked for has its finish reason: only then is an answer whole. */
  get isWhole(): boolean {
    return this.#finished.size >= Math.max(this.#expected, this.#seen.size);
  }
}
