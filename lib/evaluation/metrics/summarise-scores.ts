import { type ItemScores, type MetricTotal, TOTALS, type TotalDefinition } from "../schema.ts";
import { bootstrapInterval, type Interval, statisticNamed, wilsonInterval } from "./statistics.ts";

/** The values one total is taken over: those of the items that carry its metric. */
function valuesOf(total: TotalDefinition, items: readonly ItemScores[]): number[] {
  return items.flatMap((scores) => scores[total.of] ?? []);
}

function intervalOf(total: TotalDefinition, values: readonly number[]): Interval {
  const isYesOrNo = total.unit === "share" && values.every((value) => value === 0 || value === 1);
  if (isYesOrNo) return wilsonInterval(values.filter((value) => value === 1).length, values.length);
  const statistic = statisticNamed(total.statistic);
  const sample = new Float64Array(values.length);
  return bootstrapInterval(values.length, (drawn) => {
    for (let index = 0; index < drawn.length; index++) sample[index] = values[drawn[index] ?? 0] ?? 0;
    return statistic(sample);
  });
}

/**
 * The totals of a run, each with the number of items behind it and a 95 % interval over items: Wilson's where every
 * item is a yes or a no, the seeded bootstrap otherwise. A total without items is left out.
 */
export function summariseScores(items: readonly ItemScores[]): MetricTotal[] {
  return TOTALS.flatMap((total) => {
    const values = valuesOf(total, items);
    if (values.length === 0) return [];
    const value = statisticNamed(total.statistic)(values);
    return { metric: total.metric, n: values.length, value, ...intervalOf(total, values) };
  });
}
