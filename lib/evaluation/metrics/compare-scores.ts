import {
  type DifferenceVerdict,
  type ItemScores,
  type MetricDifference,
  TOTALS,
  type TotalDefinition,
} from "../schema.ts";
import { bootstrapInterval, type Interval, statisticNamed } from "./statistics.ts";

/** The scores of one question in both runs. */
export interface ScorePair {
  readonly before: ItemScores;
  readonly after: ItemScores;
}

/** With fewer pairs even a clean sweep is compatible with chance: the two-sided sign test needs 6 of 6 for 5 %. */
const PAIRS_AT_LEAST = 6;

/** Times always vary: a smaller change is no news, however regular it is. */
const LATENCY_FLOOR = { share: 0.1, ms: 20 } as const;

function judge(
  total: TotalDefinition,
  pairs: { before: number; after: number; n: number; changed: number },
  interval: Interval,
): DifferenceVerdict {
  if (pairs.changed === 0) return "same";
  const difference = pairs.after - pairs.before;
  const floor = total.unit === "ms" ? Math.max(LATENCY_FLOOR.ms, pairs.before * LATENCY_FLOOR.share) : 0;
  const isClear = pairs.n >= PAIRS_AT_LEAST && (interval.low > 0 || interval.high < 0);
  if (!isClear || Math.abs(difference) < floor) return "unclear";
  return difference > 0 === (total.better === "higher") ? "better" : "worse";
}

function compareTotal(total: TotalDefinition, pairs: readonly ScorePair[]): MetricDifference | undefined {
  const scored = pairs.flatMap(({ before, after }) => {
    const [old, now] = [before[total.of], after[total.of]];
    return old === undefined || now === undefined ? [] : { old, now };
  });
  const n = scored.length;
  if (n === 0) return undefined;
  const statistic = statisticNamed(total.statistic);
  const before = statistic(scored.map((pair) => pair.old));
  const after = statistic(scored.map((pair) => pair.now));
  const [oldSample, newSample] = [new Float64Array(n), new Float64Array(n)];
  const interval = bootstrapInterval(n, (drawn) => {
    for (let index = 0; index < n; index++) {
      const pair = scored[drawn[index] ?? 0];
      oldSample[index] = pair?.old ?? 0;
      newSample[index] = pair?.now ?? 0;
    }
    return statistic(newSample) - statistic(oldSample);
  });
  const risen = scored.filter((pair) => pair.now > pair.old).length;
  const fallen = scored.filter((pair) => pair.now < pair.old).length;
  const [wins, losses] = total.better === "higher" ? [risen, fallen] : [fallen, risen];
  return {
    metric: total.metric,
    n,
    before,
    after,
    difference: after - before,
    ...interval,
    wins,
    ties: n - wins - losses,
    losses,
    verdict: judge(total, { before, after, n, changed: risen + fallen }, interval),
  };
}

/**
 * Compares two runs question by question. Each total is taken over the pairs where both runs carry the metric; the
 * interval comes from a seeded paired bootstrap (the questions are drawn, both scores stay together), which asks how
 * the difference would vary over other questions of the same kind. Wins and losses count questions on which the new
 * run is better or worse. No correction is made for looking at many metrics at once.
 */
export function compareScores(pairs: readonly ScorePair[]): MetricDifference[] {
  return TOTALS.flatMap((total) => compareTotal(total, pairs) ?? []);
}
