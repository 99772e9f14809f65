"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { NewDatasetDialog } from "@/components/evaluation/dataset-dialogs.tsx";
import { DatasetList } from "@/components/evaluation/dataset-list.tsx";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { type ModelChoice, RunForm } from "@/components/evaluation/run-form.tsx";
import { RunList } from "@/components/evaluation/run-list.tsx";
import { errorSentence } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import {
  type Dataset,
  type Run,
  type RunConfiguration,
  runConfigurationSchema,
} from "@/lib/evaluation/schema.ts";

/** How often the list is read again while a run goes on. */
const REFRESH_MS = 3000;

export interface EvaluationHomeProps {
  readonly datasets: readonly Dataset[];
  readonly runs: readonly Run[];
  readonly models: readonly ModelChoice[];
}

interface StatusLine {
  readonly tone: "neutral" | "danger";
  readonly text: string;
}

/** Start a run, the runs so far, the datasets. */
export function EvaluationHome({ datasets, runs, models }: EvaluationHomeProps) {
  const router = useRouter();
  const [isCreating, setCreating] = useState(false);
  const [status, setStatus] = useState<StatusLine | null>(null);
  useRefreshWhile(runs.some((run) => run.state === "queued" || run.state === "running"));
  const changed = (text: string) => {
    setStatus({ tone: "neutral", text });
    router.refresh();
  };
  return (
    <>
      {status !== null && (
        <Notice tone={status.tone} role="status">
          {status.text}
        </Notice>
      )}
      <Section
        title="New run"
        note="Asks every question of a dataset as a person would, with these settings."
      >
        <RunForm
          datasets={datasets}
          models={models}
          initial={initialConfiguration(runs[0], models)}
          onStarted={(runId) => router.push(`/evaluation/runs/${runId}`)}
        />
      </Section>
      <Section title="Runs" note="Newest first.">
        <RunList runs={runs} />
      </Section>
      <Section
        title="Datasets"
        actions={
          <Button size="small" onClick={() => setCreating(true)}>
            <Plus aria-hidden /> New dataset
          </Button>
        }
      >
        <DatasetList
          datasets={datasets}
          onChanged={changed}
          onFailed={(error) => setStatus({ tone: "danger", text: errorSentence(error) })}
        />
      </Section>
      {isCreating && (
        <NewDatasetDialog
          onClose={() => setCreating(false)}
          onDone={(dataset) => {
            setCreating(false);
            changed(`${dataset.name} is created with ${dataset.itemCount} questions.`);
          }}
        />
      )}
    </>
  );
}

/** Begins with the settings of the latest run, as far as the form can show them. */
function initialConfiguration(latest: Run | undefined, models: readonly ModelChoice[]): RunConfiguration {
  if (latest === undefined) return runConfigurationSchema.parse({});
  const { model, collectionIds: _hidden, ...settings } = latest.configuration;
  return models.some((choice) => choice.id === model) ? { ...settings, model } : settings;
}

/** Reads the page's data again every few seconds, as long as something on it moves. */
function useRefreshWhile(isMoving: boolean): void {
  const router = useRouter();
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => router.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [isMoving, router]);
}
