/** A transaction that stores passages shall hold the database no longer: others search meanwhile. */
const TARGET_MS = 25;
const CHUNKS_MIN = 6;
const CHUNKS_MAX = 96;

/** How many passages a transaction may store, learned from how long the last ones took on this machine. */
export class StoringPace {
  #millisecondsPerChunk = 2;

  /** Passages for the next transaction. */
  get chunks(): number {
    return Math.round(Math.min(CHUNKS_MAX, Math.max(CHUNKS_MIN, TARGET_MS / this.#millisecondsPerChunk)));
  }

  /** Notes how long a transaction with so many passages took. */
  note(chunks: number, milliseconds: number): void {
    if (chunks === 0) return;
    this.#millisecondsPerChunk += 0.2 * (milliseconds / chunks - this.#millisecondsPerChunk);
  }
}

/** The pace of this process. */
export const storingPace = new StoringPace();
