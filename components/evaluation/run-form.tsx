"use client";

import { useId, useState } from "react";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox, Field, Input, Select } from "@/components/ui/input.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { type Dataset, type RunConfiguration, runSchema } from "@/lib/evaluation/schema.ts";

/** A model that can be measured. */
export interface ModelChoice {
  readonly id: string;
  readonly label: string;
}

export interface RunFormProps {
  readonly datasets: readonly Dataset[];
  readonly models: readonly ModelChoice[];
  /** Where the settings start: those of the latest run. */
  readonly initial: RunConfiguration;
  readonly onStarted: (runId: string) => void;
}

/** Chooses a dataset and the settings to measure, and starts the run. */
export function RunForm({ datasets, models, initial, onStarted }: RunFormProps) {
  const measurable = datasets.filter((dataset) => dataset.itemCount > 0);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const datasetId = measurable.find((dataset) => dataset.id === chosenId)?.id ?? measurable[0]?.id;
  const [configuration, setConfiguration] = useState(initial);
  const { isBusy, error, submit } = useSubmit();
  const start = () =>
    void submit(async () => {
      const run = await requestJson("/api/admin/runs", runSchema, {
        method: "POST",
        body: { datasetId, configuration },
      });
      onStarted(run.id);
    });
  return (
    <form
      aria-label="New run"
      className="grid gap-4 rounded-xl border border-line bg-surface p-4 sm:grid-cols-2 sm:p-5 lg:grid-cols-3"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Field label="Dataset">
        {(control) => (
          <Select {...control} value={datasetId ?? ""} onChange={(event) => setChosenId(event.target.value)}>
            {measurable.map((dataset) => (
              <option key={dataset.id} value={dataset.id}>
                {dataset.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <SettingFields configuration={configuration} models={models} onChange={setConfiguration} />
      <div className="flex flex-col gap-3 sm:col-span-2 lg:col-span-3">
        {error !== null && (
          <Notice tone="danger" role="alert">
            {error}
          </Notice>
        )}
        <Button
          type="submit"
          variant="primary"
          className="w-full sm:w-auto sm:self-start"
          disabled={isBusy || datasetId === undefined}
        >
          Run
        </Button>
      </div>
    </form>
  );
}

interface SettingFieldsProps {
  readonly configuration: RunConfiguration;
  readonly models: readonly ModelChoice[];
  readonly onChange: (configuration: RunConfiguration) => void;
}

function SettingFields({ configuration, models, onChange }: SettingFieldsProps) {
  const { mode, passages, model } = configuration;
  return (
    <>
      <Field label="Search mode">
        {(control) => (
          <Select
            {...control}
            value={mode}
            onChange={(event) => onChange({ ...configuration, mode: event.target.value as typeof mode })}
          >
            <option value="hybrid">Hybrid: words and meaning</option>
            <option value="semantic">Semantic: meaning only</option>
            <option value="keyword">Keyword: words only</option>
          </Select>
        )}
      </Field>
      <WeightField configuration={configuration} onChange={onChange} />
      <Field label="Passages" hint="Given to the model, 1 to 20.">
        {(control) => (
          <Input
            {...control}
            type="number"
            required
            min={1}
            max={20}
            value={Number.isNaN(passages) ? "" : passages}
            onChange={(event) => onChange({ ...configuration, passages: event.target.valueAsNumber })}
          />
        )}
      </Field>
      <Field label="Model">
        {(control) => (
          <Select
            {...control}
            value={model ?? ""}
            onChange={(event) =>
              onChange({
                ...configuration,
                model: event.target.value === "" ? undefined : event.target.value,
              })
            }
          >
            <option value="">The default model</option>
            {models.map((choice) => (
              <option key={choice.id} value={choice.id}>
                {choice.label}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </>
  );
}

/** The share of the semantic score; only hybrid search mixes two. */
function WeightField({ configuration, onChange }: Omit<SettingFieldsProps, "models">) {
  const id = useId();
  const { mode, semanticWeight } = configuration;
  const isHybrid = mode === "hybrid";
  const isDefault = semanticWeight === undefined;
  const setWeight = (weight: number | undefined) => onChange({ ...configuration, semanticWeight: weight });
  return (
    <div className={`flex flex-col gap-1.5 ${isHybrid ? "" : "opacity-60"}`}>
      <label htmlFor={id} className="font-medium text-sm">
        Semantic weight
      </label>
      <div className="flex h-10 items-center gap-3">
        <input
          id={id}
          type="range"
          min={0}
          max={1}
          step={0.05}
          disabled={!isHybrid || isDefault}
          value={semanticWeight ?? 0.3}
          aria-valuetext={
            isDefault ? "as measured for the embedder" : `${Math.round(semanticWeight * 100)} percent`
          }
          className="min-w-0 flex-1 accent-accent"
          onChange={(event) => setWeight(event.target.valueAsNumber)}
        />
        <output htmlFor={id} className="w-10 text-right text-sm tabular-nums">
          {isDefault ? "auto" : semanticWeight.toFixed(2)}
        </output>
      </div>
      <Checkbox
        label="As measured for the embedder"
        className="text-muted text-sm [&>input]:mt-0.5"
        disabled={!isHybrid}
        checked={isDefault}
        onChange={(event) => setWeight(event.target.checked ? undefined : 0.3)}
      />
    </div>
  );
}
