"use client";

import { type SyntheticEvent, useId, useMemo, useState } from "react";
import { timeZones, WEEK, zoneWords } from "@/components/documents/background/background-words.ts";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { Button } from "@/components/ui/button.tsx";
import { Checkbox, Field, Input, Select } from "@/components/ui/input.tsx";
import type { OfflineHours, UpdateOfflineSchedule } from "@/lib/knowledge/schema.ts";

export interface HoursFormProps {
  /** Null: at any hour. */
  readonly hours: OfflineHours | null;
  readonly save: (change: UpdateOfflineSchedule) => Promise<void>;
}

/** What is offered to somebody who chooses hours for the first time: the nights of their working days. */
function firstHours(): OfflineHours {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { timeZone, days: [1, 2, 3, 4, 5], from: "20:00", to: "06:00" };
}

/** In which hours of the week background work is done. */
export function HoursForm({ hours, save }: HoursFormProps) {
  const [isLimited, setIsLimited] = useState(hours !== null);
  const [draft, setDraft] = useState(hours ?? firstHours());
  const [said, setSaid] = useState("");
  const { isBusy, error, submit } = useSubmit();
  const hasDays = !isLimited || draft.days.length > 0;
  const change = (part: Partial<OfflineHours>) => {
    setSaid("");
    setDraft((known) => ({ ...known, ...part }));
  };
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!hasDays) return;
    void submit(async () => {
      await save({ hours: isLimited ? draft : null });
      setSaid("Saved.");
    });
  };
  return (
    <Section title="Hours" note="For the whole organisation. Outside of them background work waits.">
      <form aria-label="Hours" onSubmit={onSubmit} className="flex flex-col gap-5">
        <fieldset className="flex flex-col gap-2.5">
          <legend className="sr-only">When background work is done</legend>
          <Choice label="At any hour" isChosen={!isLimited} onChoose={() => setIsLimited(false)} />
          <Choice label="Only in these hours" isChosen={isLimited} onChoose={() => setIsLimited(true)} />
        </fieldset>
        {isLimited && <HoursFields draft={draft} change={change} />}
        <p role="alert" className="text-danger text-sm empty:hidden">
          {error ?? (hasDays ? null : "Choose at least one day.")}
        </p>
        <div className="flex items-center gap-3">
          <Button type="submit" disabled={isBusy || !hasDays}>
            Save hours
          </Button>
          <span role="status" className="text-muted text-sm">
            {said}
          </span>
        </div>
      </form>
    </Section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Choice({ label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className="flex items-start gap-2.5">
      <input
        type="radio"
        name="when"
        className="mt-1 size-4 shrink-0 accent-accent"
        checked={isChosen}
        onChange={onChoose}
      />
      <span className="font-medium">{label}</span>
    </label>
  );
}

interface HoursFieldsProps {
  readonly draft: OfflineHours;
  readonly change: (part: Partial<OfflineHours>) => void;
}

function HoursFields({ draft, change }: HoursFieldsProps) {
  const legendId = useId();
  const zones = useMemo(() => timeZones(draft.timeZone), [draft.timeZone]);
  const setDay = (day: number, isChosen: boolean) =>
    change({ days: isChosen ? [...draft.days, day].sort() : draft.days.filter((known) => known !== day) });
  const isOverNight = draft.to <= draft.from;
  return (
    <div className="flex flex-col gap-5 border-line border-l-2 pl-4">
      <fieldset aria-labelledby={legendId}>
        <legend id={legendId} className="mb-1.5 font-medium text-sm">
          Days on which they begin
        </legend>
        <div className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
          {WEEK.map(({ day, name }) => (
            <Checkbox
              key={day}
              label={name}
              checked={draft.days.includes(day)}
              onChange={(event) => setDay(day, event.target.checked)}
            />
          ))}
        </div>
      </fieldset>
      <div className="grid grid-cols-2 gap-4 sm:max-w-80">
        <Field label="From">
          {(control) => (
            <Input
              {...control}
              type="time"
              required
              value={draft.from}
              onChange={(event) => change({ from: event.target.value })}
            />
          )}
        </Field>
        <Field label="To" hint={isOverNight ? "On the next day." : undefined}>
          {(control) => (
            <Input
              {...control}
              type="time"
              required
              value={draft.to}
              onChange={(event) => change({ to: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field label="Time zone" hint="The hours follow its clocks, summer time included.">
        {(control) => (
          <Select
            {...control}
            className="sm:max-w-80"
            value={draft.timeZone}
            onChange={(event) => change({ timeZone: event.target.value })}
          >
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zoneWords(zone)}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </div>
  );
}
