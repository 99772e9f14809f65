"use client";

import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { type Run, runSchema } from "@/lib/evaluation/schema.ts";

export interface RunProgressProps {
  readonly run: Run;
  readonly onStopped: (run: Run) => void;
}

/** How far a run is, with the way to stop it. */
export function RunProgress({ run, onStopped }: RunProgressProps) {
  const { isBusy, error, submit } = useSubmit();
  const stop = () =>
    void submit(async () => {
      onStopped(await requestJson(`/api/admin/runs/${run.id}/stop`, runSchema, { method: "POST" }));
    });
  const words =
    run.state === "queued"
      ? "Waiting for a worker"
      : `${run.itemsDone} of ${run.itemCount} questions measured`;
  return (
    <section
      aria-label="Progress"
      className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="tabular-nums">{words}</p>
        <Button size="small" disabled={isBusy} onClick={stop}>
          Stop run
        </Button>
      </div>
      <div
        role="progressbar"
        aria-label="Questions measured"
        aria-valuemin={0}
        aria-valuemax={run.itemCount}
        aria-valuenow={run.itemsDone}
        aria-valuetext={words}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] motion-reduce:transition-none"
          style={{ width: `${(100 * run.itemsDone) / Math.max(1, run.itemCount)}%` }}
        />
      </div>
      {error !== null && (
        <p role="alert" className="text-danger text-sm">
          {error}
        </p>
      )}
    </section>
  );
}
