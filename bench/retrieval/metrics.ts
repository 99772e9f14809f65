import { ndcg } from "../search/evaluate-ranking.ts";

/** What is measured of one ranking. */
export interface Measures {
  /** nDCG@10, linear gain. */
  readonly ndcg: number;
  readonly recall10: number;
  readonly recall100: number;
  /** MRR@10. */
  readonly mrr: number;
  readonly precision3: number;
  /** 1 when every relevant document is among the first ten. */
  readonly all10: number;
}

/** Measures a ranking of document ids against the grades of one question. */
export function measure(ranking: readonly string[], grades: ReadonlyMap<string, number>): Measures {
  const hits = (depth: number) => ranking.slice(0, depth).filter((id) => grades.has(id)).length;
  const first = ranking.slice(0, 10).findIndex((id) => grades.has(id));
  return {
    ndcg: ndcg(ranking, grades, 10),
    recall10: hits(10) / grades.size,
    recall100: hits(100) / grades.size,
    mrr: first < 0 ? 0 : 1 / (first + 1),
    precision3: hits(3) / 3,
    all10: hits(10) === grades.size ? 1 : 0,
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

const RESAMPLES = 10_000;

/** 95 % interval of a mean by the percentile bootstrap (Efron, 1979) with a fixed seed. */
export function bootstrapInterval(values: readonly number[]): [low: number, high: number] {
  let state = 20_261_121;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const means = new Float64Array(RESAMPLES);
  for (let round = 0; round < RESAMPLES; round += 1) {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw += 1)
      sum += values[Math.floor(next() * values.length)] ?? 0;
    means[round] = sum / Math.max(1, values.length);
  }
  means.sort();
  return [means[Math.floor(0.025 * RESAMPLES)] ?? 0, means[Math.floor(0.975 * RESAMPLES)] ?? 0];
}
