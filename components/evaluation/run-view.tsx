"use client";

import { useRouter } from "next/navigation";
import { ComparisonHeader } from "@/components/evaluation/comparison-header.tsx";
import { countWords } from "@/components/evaluation/format-figure.ts";
import { LocalTime } from "@/components/evaluation/local-time.tsx";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { QuestionTable } from "@/components/evaluation/question-table.tsx";
import { RunFacts } from "@/components/evaluation/run-facts.tsx";
import { RunStateBadge } from "@/components/evaluation/run-list.tsx";
import { RunProgress } from "@/components/evaluation/run-progress.tsx";
import { TotalsTable } from "@/components/evaluation/totals-table.tsx";
import { isActive, useLiveRun } from "@/components/evaluation/use-live-run.ts";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { Comparison, Run, RunWithItems } from "@/lib/evaluation/schema.ts";

export interface RunViewProps {
  readonly loaded: RunWithItems;
  readonly others: readonly Run[];
  readonly comparison: Comparison | null;
}

/** A run: progress while it goes on, then totals, comparison, questions and what was measured. */
export function RunView({ loaded, others, comparison }: RunViewProps) {
  const router = useRouter();
  const { current, isStale } = useLiveRun(loaded);
  const { run, items } = current;
  const isRunning = isActive(run);
  return (
    <>
      <p className="-mt-6 flex flex-wrap items-center gap-2 text-muted">
        <RunStateBadge run={run} /> <LocalTime iso={run.createdAt} />
      </p>
      {isStale && (
        <Notice role="status">The server cannot be reached; the figures may be old. Trying again.</Notice>
      )}
      {isRunning ? <RunProgress run={run} onStopped={() => router.refresh()} /> : <RunEnding run={run} />}
      <Section title="Results" note={isRunning ? "So far; the figures move until the run ends." : undefined}>
        {!isRunning && <ComparisonHeader run={run} others={others} comparison={comparison} />}
        <RunTotals current={current} comparison={isRunning ? null : comparison} />
      </Section>
      {items.length > 0 && (
        <Section title="Questions">
          <QuestionTable runId={run.id} items={items} comparison={isRunning ? null : comparison} />
        </Section>
      )}
      <Section title="What was measured">
        <RunFacts run={run} />
      </Section>
    </>
  );
}

function RunTotals({ current, comparison }: { current: RunWithItems; comparison: Comparison | null }) {
  const totals = current.run.summary?.totals ?? [];
  if (totals.length > 0) return <TotalsTable totals={totals} comparison={comparison} />;
  if (isActive(current.run)) return <SkeletonText lines={5} label="Measuring the first question" />;
  return <p className="text-muted">No question was measured, so there are no figures.</p>;
}

/** Why a run as a whole failed, and what to do. */
const FAILURE_WORDS: Readonly<Record<string, string>> = {
  conflict: "The dataset changed while it waited. Start another run.",
  forbidden: "Whoever started it is no administrator any more.",
  unavailable: "No worker could be reached. Start another run in a moment.",
  model_failed: "Every question ended with an error; open one to see which.",
};

/** What a person must know of a run that did not end well, or not wholly. */
function RunEnding({ run }: { readonly run: Run }) {
  const failed = run.summary?.failedItems ?? 0;
  if (run.state === "failed") {
    return (
      <Notice tone="danger" role="status">
        The run failed. {FAILURE_WORDS[run.errorCode ?? ""] ?? "The log of the server has the reason."}
      </Notice>
    );
  }
  return (
    <>
      {run.state === "stopped" && (
        <Notice tone="warn" role="status">
          The run was stopped after {run.itemsDone} of {countWords(run.itemCount, "question")}. The figures
          are over those.
        </Notice>
      )}
      {failed > 0 && (
        <Notice tone="warn" role="status">
          {countWords(failed, "question")} ended with an error and {failed === 1 ? "is" : "are"} in no figure.
        </Notice>
      )}
    </>
  );
}
