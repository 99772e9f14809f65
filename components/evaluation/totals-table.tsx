import { DifferenceBadge } from "@/components/evaluation/difference-badge.tsx";
import { formatDifference, formatFigure, formatInterval } from "@/components/evaluation/format-figure.ts";
import { IntervalBar } from "@/components/evaluation/interval-bar.tsx";
import { Table, TableCell, TableHead } from "@/components/ui/table.tsx";
import {
  type Comparison,
  type MetricDifference,
  type MetricTotal,
  TOTALS,
  type TotalDefinition,
} from "@/lib/evaluation/schema.ts";

export interface TotalsTableProps {
  readonly totals: readonly MetricTotal[];
  readonly comparison: Comparison | null;
}

interface TotalRow {
  readonly definition: TotalDefinition;
  readonly total: MetricTotal;
  readonly difference: MetricDifference | undefined;
}

const GROUPS = ["Finding", "Citing", "Answering", "Time"] as const;

/** Every total with its interval, and beside it the older run when there is one to compare with. */
export function TotalsTable({ totals, comparison }: TotalsTableProps) {
  const rows = TOTALS.flatMap((definition): TotalRow[] => {
    const total = totals.find((candidate) => candidate.metric === definition.metric);
    const difference = comparison?.metrics.find((candidate) => candidate.metric === definition.metric);
    return total === undefined ? [] : [{ definition, total, difference }];
  });
  const times = rows.flatMap(({ definition, total }) => (definition.unit === "ms" ? total.high : []));
  const longestMs = Math.max(1, ...times);
  return (
    <Table label="Totals">
      <thead>
        <tr>
          <TableHead>Measure</TableHead>
          <TableHead className="text-right">This run</TableHead>
          <TableHead className="hidden w-1/5 lg:table-cell">95 % interval</TableHead>
          {comparison !== null && (
            <>
              <TableHead className="hidden text-right sm:table-cell">Before</TableHead>
              <TableHead className="pr-0! sm:w-60">Difference</TableHead>
            </>
          )}
        </tr>
      </thead>
      {GROUPS.map((group) => (
        <TotalsGroup
          key={group}
          group={group}
          rows={rows.filter(({ definition }) => definition.group === group)}
          longestMs={longestMs}
          isComparing={comparison !== null}
        />
      ))}
    </Table>
  );
}

interface TotalsGroupProps {
  readonly group: string;
  readonly rows: readonly TotalRow[];
  readonly longestMs: number;
  readonly isComparing: boolean;
}

function TotalsGroup({ group, rows, longestMs, isComparing }: TotalsGroupProps) {
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr>
        <th
          scope="rowgroup"
          colSpan={isComparing ? 5 : 3}
          className="pt-5 pb-1 text-left font-semibold text-muted text-xs"
        >
          {group}
        </th>
      </tr>
      {rows.map(({ definition, total, difference }) => (
        <tr key={definition.metric}>
          <TableHead
            scope="row"
            className="whitespace-normal! py-2.5 pr-2! align-top font-medium text-ink! sm:pr-4!"
          >
            {definition.label}
            <span className="hidden font-normal text-muted sm:block">{definition.meaning}</span>
          </TableHead>
          <TableCell className="text-right tabular-nums max-sm:pr-3">
            <span className="font-semibold text-base leading-none">
              {formatFigure(total.value, definition.unit)}
            </span>
            <span className="block text-muted text-xs sm:whitespace-nowrap">
              <span className="block sm:inline lg:hidden">
                {formatInterval(total, definition.unit)}
                <span className="max-sm:hidden">, </span>
              </span>
              n {total.n}
            </span>
          </TableCell>
          <TableCell className="hidden lg:table-cell">
            <IntervalBar
              total={total}
              before={difference?.before}
              scale={definition.unit === "share" ? 1 : longestMs}
            />
            <span className="text-muted text-xs tabular-nums">{formatInterval(total, definition.unit)}</span>
          </TableCell>
          {isComparing && <DifferenceCells definition={definition} difference={difference} />}
        </tr>
      ))}
    </tbody>
  );
}

interface DifferenceCellsProps {
  readonly definition: TotalDefinition;
  readonly difference: MetricDifference | undefined;
}

function DifferenceCells({ definition, difference }: DifferenceCellsProps) {
  if (difference === undefined) {
    return (
      <>
        <TableCell className="hidden text-right text-muted sm:table-cell">–</TableCell>
        <TableCell className="text-muted">Not in both runs</TableCell>
      </>
    );
  }
  const { unit } = definition;
  return (
    <>
      <TableCell className="hidden text-right tabular-nums sm:table-cell">
        {formatFigure(difference.before, unit)}
      </TableCell>
      <TableCell className="tabular-nums pr-0!">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <DifferenceBadge verdict={difference.verdict} />
          {difference.verdict !== "same" && <span>{formatDifference(difference.difference, unit)}</span>}
        </span>
        {difference.verdict !== "same" && (
          <>
            <span className="block text-muted text-xs">{formatInterval(difference, unit)}</span>
            <span className="block text-muted text-xs">
              {difference.wins} better, {difference.losses} worse, {difference.ties} equal
            </span>
          </>
        )}
      </TableCell>
    </>
  );
}
