import type { ItemMetric, RunItem } from "@/lib/evaluation/schema.ts";

/** Which questions are shown. */
export type QuestionFilter = "all" | "failed" | "changed";

/** By what the table is sorted: the order of the dataset, the outcome or a figure. */
export type QuestionSort = "ordinal" | "problems" | ItemMetric;

export interface SortOrder {
  readonly by: QuestionSort;
  readonly direction: "ascending" | "descending";
}

function sortValue(item: RunItem, by: QuestionSort): number | undefined {
  if (by === "ordinal") return item.ordinal;
  if (by === "problems") return item.problems.length;
  return item.scores[by];
}

/** Sorts a copy; questions without the figure come last whichever way it is sorted. */
export function sortQuestions(items: readonly RunItem[], order: SortOrder): RunItem[] {
  const sign = order.direction === "ascending" ? 1 : -1;
  return items.toSorted((one, other) => {
    const [a, b] = [sortValue(one, order.by), sortValue(other, order.by)];
    if (a === undefined || b === undefined) {
      return Number(a === undefined) - Number(b === undefined) || one.ordinal - other.ordinal;
    }
    return sign * (a - b) || one.ordinal - other.ordinal;
  });
}

/** The questions a filter keeps. */
export function filterQuestions(
  items: readonly RunItem[],
  filter: QuestionFilter,
  changed: ReadonlySet<string>,
): RunItem[] {
  return items.filter((item) => {
    if (filter === "failed") return item.problems.length > 0;
    return filter === "all" || changed.has(item.externalId);
  });
}
