import { durationWords, faultWords, targetWords } from "@/components/router/router-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Table, TableCell, TableHead } from "@/components/ui/table.tsx";
import type { TargetStateView } from "@/lib/router/schema.ts";

const FIGURE = "hidden text-right tabular-nums sm:table-cell";

export interface TargetTableProps {
  /** Names the table: the model it is about. */
  readonly label: string;
  readonly targets: readonly TargetStateView[];
}

/** The places where one model is served. On a narrow screen the figures stand under each other in the first column. */
export function TargetTable({ label, targets }: TargetTableProps) {
  const hasQueue = targets.some(({ running }) => running !== null);
  return (
    // Columns of the same width for every model, so that the eye can run down the page.
    <Table label={label} className="sm:table-fixed">
      <thead>
        <tr>
          <TableHead className="sm:w-[30%]">Where</TableHead>
          <TableHead className="sm:w-[28%]">State</TableHead>
          <TableHead className={FIGURE}>In flight</TableHead>
          <TableHead className={FIGURE}>First token</TableHead>
          {hasQueue && <TableHead className={FIGURE}>Its own queue</TableHead>}
          <TableHead className={FIGURE}>Calls</TableHead>
          <TableHead className={FIGURE}>Failed</TableHead>
        </tr>
      </thead>
      <tbody>
        {targets.map((target) => (
          <TargetRow key={`${target.upstream}/${target.upstreamModel}`} target={target} hasQueue={hasQueue} />
        ))}
      </tbody>
    </Table>
  );
}

function TargetRow({ target, hasQueue }: { readonly target: TargetStateView; readonly hasQueue: boolean }) {
  const state = targetWords(target);
  const firstToken = target.ewmaFirstTokenMs === null ? "–" : durationWords(target.ewmaFirstTokenMs);
  const queue = queueWords(target);
  return (
    <tr>
      <TableCell className="min-w-36 [overflow-wrap:anywhere]">
        <span className="font-medium">{target.upstream}</span>
        <span className="block text-muted">{target.upstreamModel}</span>
        {target.weight !== 1 && <span className="block text-muted">weight {target.weight}</span>}
        {!target.isPriced && <span className="block text-warn">no price: costs are unknown</span>}
        <span className="block text-muted tabular-nums sm:hidden">
          {target.inFlight} in flight, first token {firstToken}
          <br />
          {target.calls} calls, {target.failures} failed{queue !== null && `; queue ${queue}`}
        </span>
      </TableCell>
      <TableCell className="max-w-56">
        <Badge tone={state.tone}>
          <span title={state.meaning} className="tabular-nums">
            {state.words}
          </span>
        </Badge>
        {target.lastFault !== null && (
          <span className="mt-1 block text-muted text-xs">Last failure: {faultWords(target.lastFault)}</span>
        )}
      </TableCell>
      <TableCell className={FIGURE}>{target.inFlight}</TableCell>
      <TableCell className={FIGURE}>{firstToken}</TableCell>
      {hasQueue && <TableCell className={FIGURE}>{queue ?? "–"}</TableCell>}
      <TableCell className={FIGURE}>{target.calls}</TableCell>
      <TableCell className={FIGURE}>{target.failures}</TableCell>
    </tr>
  );
}

/** What a server says of itself: requests it works on, requests that wait, share of its cache that is taken. */
function queueWords({ running, waiting, cacheUse }: TargetStateView): string | null {
  if (running === null) return null;
  const cache = cacheUse === null ? "" : `, cache ${Math.round(cacheUse * 100)} %`;
  return `${running} running, ${waiting ?? 0} waiting${cache}`;
}
