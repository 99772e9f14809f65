/** Measured values of one kind, kept whole; percentiles are exact. */
export class Samples {
  #values = new Float64Array(4096);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  /** Nearest-rank percentiles, in the order asked for; NaN when nothing was measured. */
  percentiles(...shares: readonly number[]): number[] {
    const sorted = this.#values.slice(0, this.#count).sort();
    return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
  }

  /** Standard deviation; NaN below two values. */
  deviation(): number {
    if (this.#count < 2) return Number.NaN;
    let sum = 0;
    for (let index = 0; index < this.#count; index += 1) sum += this.#values[index] ?? 0;
    const mean = sum / this.#count;
    let squares = 0;
    for (let index = 0; index < this.#count; index += 1) squares += ((this.#values[index] ?? 0) - mean) ** 2;
    return Math.sqrt(squares / (this.#count - 1));
  }
}

/** Middle value, and the smallest and largest beside it. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The spread of a figure over the rounds; NaN when no round has it. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return { median: (low + high) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
