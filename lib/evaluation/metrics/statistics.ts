/** A two-sided 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 97.5 % point of the standard normal distribution. */
const Z_95 = 1.959963984540054;

/** Resamples of every bootstrap: enough for the second digit of an interval, quick enough to run while serving. */
const RESAMPLES = 1000;

/** Fixed, so that the same scores always give the same interval. */
const SEED = 20_261_121;

/** Arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] ?? 0;
  return sum / values.length;
}

/**
 * Percentile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
 *
 * @param share 0 to 1.
 */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - below);
}

/** A figure over a list of values. */
export type Statistic = (values: ArrayLike<number>) => number;

/** The statistic a total names. */
export function statisticNamed(name: "mean" | "p50" | "p95"): Statistic {
  if (name === "mean") return mean;
  return (values) => percentile(values, name === "p50" ? 0.5 : 0.95);
}

/** Uniform numbers in [0, 1), the same for the same seed: mulberry32, a 32-bit mixing generator of full period. */
export function seededRandom(seed: number = SEED): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Wilson score interval of a proportion (Wilson 1927): unlike the bootstrap it does not claim certainty when all
 * outcomes are equal.
 */
export function wilsonInterval(successes: number, n: number): Interval {
  const proportion = successes / n;
  const square = Z_95 ** 2;
  const centre = (proportion + square / (2 * n)) / (1 + square / n);
  const half =
    (Z_95 * Math.sqrt((proportion * (1 - proportion)) / n + square / (4 * n * n))) / (1 + square / n);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Percentile bootstrap (Efron 1979): draws items with replacement and takes the 2.5 % and 97.5 % points of the
 * statistic. `compute` gets the drawn positions, so pairs stay together.
 */
export function bootstrapInterval(n: number, compute: (drawn: Uint32Array) => number): Interval {
  const random = seededRandom();
  const drawn = new Uint32Array(n);
  const figures = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let index = 0; index < n; index++) drawn[index] = Math.floor(random() * n);
    figures[resample] = compute(drawn);
  }
  return { low: percentile(figures, 0.025), high: percentile(figures, 0.975) };
}
