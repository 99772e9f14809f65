"use client";

import Link from "next/link";
import { formatFigure } from "@/components/evaluation/format-figure.ts";
import { useTimeWords } from "@/components/evaluation/local-time.tsx";
import { STATE_WORDS, settingsLine } from "@/components/evaluation/run-words.ts";
import { Badge, type BadgeTone } from "@/components/ui/badge.tsx";
import { Table, TableCell, TableHead } from "@/components/ui/table.tsx";
import type { Run, RunState } from "@/lib/evaluation/schema.ts";

const TONES: Readonly<Record<RunState, BadgeTone>> = {
  queued: "neutral",
  running: "accent",
  complete: "good",
  stopped: "warn",
  failed: "danger",
};

/** How a run stands, in a word; with the progress while it goes on. */
export function RunStateBadge({ run }: { readonly run: Run }) {
  const progress = run.state === "running" ? ` ${run.itemsDone} of ${run.itemCount}` : "";
  return (
    <Badge tone={TONES[run.state]}>
      {STATE_WORDS[run.state]}
      {progress}
    </Badge>
  );
}

function figure(run: Run, metric: string): string {
  const total = run.summary?.totals.find((candidate) => candidate.metric === metric);
  return total === undefined ? "–" : formatFigure(total.value, metric.startsWith("latency") ? "ms" : "share");
}

const FIGURES = [
  ["recall@10", "Recall@10"],
  ["ndcg@10", "nDCG@10"],
  ["citation-validity", "Valid citations"],
  ["latency-p50", "Median time"],
] as const;

/** Runs, newest first, with the figures that are looked at first. */
export function RunList({ runs }: { readonly runs: readonly Run[] }) {
  const timeWords = useTimeWords();
  if (runs.length === 0) {
    return (
      <p className="rounded-lg border border-line border-dashed px-4 py-6 text-muted">
        Nothing has been measured yet. Choose a dataset and press Run: the figures appear here, and the next
        run is compared with this one.
      </p>
    );
  }
  return (
    <Table label="Runs">
      <thead>
        <tr>
          <TableHead>Run</TableHead>
          <TableHead>State</TableHead>
          {FIGURES.map(([metric, label]) => (
            <TableHead key={metric} className="hidden text-right sm:table-cell">
              {label}
            </TableHead>
          ))}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <TableCell className="min-w-40">
              <Link
                href={`/evaluation/runs/${run.id}`}
                className="font-medium underline-offset-4 [overflow-wrap:anywhere] hover:underline"
              >
                {run.datasetName}, {timeWords(run.createdAt)}
              </Link>
              <span className="block text-muted">{settingsLine(run.configuration)}</span>
              <span className="block text-muted tabular-nums sm:hidden">
                nDCG@10 {figure(run, "ndcg@10")}, recall@10 {figure(run, "recall@10")}
              </span>
            </TableCell>
            <TableCell>
              <RunStateBadge run={run} />
            </TableCell>
            {FIGURES.map(([metric]) => (
              <TableCell key={metric} className="hidden text-right tabular-nums sm:table-cell">
                {figure(run, metric)}
              </TableCell>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
