"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { formatFigure } from "@/components/evaluation/format-figure.ts";
import { OutcomeBadges } from "@/components/evaluation/outcome-badges.tsx";
import {
  filterQuestions,
  type QuestionFilter,
  type QuestionSort,
  type SortOrder,
  sortQuestions,
} from "@/components/evaluation/question-rows.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Table, TableCell, TableHead } from "@/components/ui/table.tsx";
import type { Comparison, ItemMetric, RunItem } from "@/lib/evaluation/schema.ts";

export interface QuestionTableProps {
  readonly runId: string;
  readonly items: readonly RunItem[];
  readonly comparison: Comparison | null;
}

const FIGURES: readonly (readonly [ItemMetric, string, "share" | "ms"])[] = [
  ["ndcg@10", "nDCG@10", "share"],
  ["citation-recall", "Citation recall", "share"],
  ["token-recall", "Token recall", "share"],
  ["latency-ms", "Time", "ms"],
];

/** Every measured question; sortable by its headings, narrowed by the filter. */
export function QuestionTable({ runId, items, comparison }: QuestionTableProps) {
  const [filter, setFilter] = useState<QuestionFilter>("all");
  const [order, setOrder] = useState<SortOrder>({ by: "ordinal", direction: "ascending" });
  const changed = useMemo(() => new Set(comparison?.changedItems), [comparison]);
  const rows = useMemo(
    () => sortQuestions(filterQuestions(items, filter, changed), order),
    [items, filter, changed, order],
  );
  const sort = { order, onSort: setOrder };
  return (
    <div className="flex flex-col gap-3">
      <QuestionFilters
        items={items}
        changed={comparison === null ? null : changed}
        filter={filter}
        onFilter={setFilter}
      />
      {rows.length === 0 ? (
        <p className="py-6 text-muted">
          {filter === "failed" ? "No question failed." : "No question to show."}
        </p>
      ) : (
        <Table label="Questions">
          <thead>
            <tr>
              <SortableHead by="ordinal" label="Question" {...sort} />
              <SortableHead by="problems" label="Outcome" {...sort} />
              {FIGURES.map(([metric, label]) => (
                <SortableHead key={metric} by={metric} label={label} isNumber {...sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((item) => (
              <QuestionRow key={item.id} runId={runId} item={item} isChanged={changed.has(item.externalId)} />
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}

interface QuestionRowProps {
  readonly runId: string;
  readonly item: RunItem;
  readonly isChanged: boolean;
}

function QuestionRow({ runId, item, isChanged }: QuestionRowProps) {
  return (
    <tr>
      <TableCell className="min-w-36">
        <Link
          href={`/evaluation/runs/${runId}/items/${item.id}`}
          className="underline-offset-4 [overflow-wrap:anywhere] hover:underline"
        >
          {item.question}
        </Link>
        <span className="flex flex-wrap gap-x-2 text-muted text-xs">
          {item.externalId}
          {item.isAnswerable === false && <span>unanswerable</span>}
        </span>
      </TableCell>
      <TableCell>
        <span className="flex flex-wrap gap-1">
          <OutcomeBadges item={item} />
          {isChanged && <Badge tone="accent">Changed</Badge>}
        </span>
      </TableCell>
      {FIGURES.map(([metric, , unit]) => {
        const value = item.scores[metric];
        return (
          <TableCell key={metric} className="hidden whitespace-nowrap text-right tabular-nums md:table-cell">
            {value === undefined ? <span className="text-muted">–</span> : formatFigure(value, unit)}
          </TableCell>
        );
      })}
    </tr>
  );
}

interface QuestionFiltersProps {
  readonly items: readonly RunItem[];
  /** Null when there is nothing to compare with. */
  readonly changed: ReadonlySet<string> | null;
  readonly filter: QuestionFilter;
  readonly onFilter: (filter: QuestionFilter) => void;
}

function QuestionFilters({ items, changed, filter, onFilter }: QuestionFiltersProps) {
  const failed = items.filter((item) => item.problems.length > 0).length;
  const choices: readonly (readonly [QuestionFilter, string])[] = [
    ["all", `All (${items.length})`],
    ["failed", `Failed (${failed})`],
    ...(changed === null ? [] : [["changed", `Changed (${changed.size})`] as const]),
  ];
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">Show questions</legend>
      {choices.map(([value, label]) => (
        <label
          key={value}
          className="relative cursor-pointer rounded-md border border-line px-3 py-1.5 text-muted text-sm tabular-nums has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
        >
          <input
            type="radio"
            name="question-filter"
            className="absolute inset-0 cursor-pointer opacity-0"
            checked={filter === value}
            onChange={() => onFilter(value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

interface SortableHeadProps {
  readonly by: QuestionSort;
  readonly label: string;
  readonly isNumber?: boolean;
  readonly order: SortOrder;
  readonly onSort: (order: SortOrder) => void;
}

function SortableHead({ by, label, isNumber = false, order, onSort }: SortableHeadProps) {
  const isSorted = order.by === by;
  const isUp = isSorted && order.direction === "ascending";
  // Problems are looked for from the worst; everything else from the lowest.
  const first = by === "problems" ? "descending" : "ascending";
  const second = first === "ascending" ? "descending" : "ascending";
  const next = isSorted && order.direction === first ? second : first;
  return (
    <TableHead
      aria-sort={isSorted ? order.direction : "none"}
      className={isNumber ? "hidden text-right md:table-cell" : ""}
    >
      <button
        type="button"
        className="inline-flex items-center gap-1 rounded hover:text-ink"
        onClick={() => onSort({ by, direction: next })}
      >
        {label}
        {isSorted &&
          (isUp ? <ArrowUp aria-hidden className="size-3" /> : <ArrowDown aria-hidden className="size-3" />)}
      </button>
    </TableHead>
  );
}
