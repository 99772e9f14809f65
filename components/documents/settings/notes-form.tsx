"use client";

import type { SyntheticEvent } from "react";
import { type FormProps, SaveRow, useSave } from "@/components/documents/settings/use-save.tsx";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { Field, Select } from "@/components/ui/input.tsx";
import type { Collection } from "@/lib/knowledge/schema.ts";

const SAVED = "Saved. Read all documents again to apply it to those that are here.";

/** Whether a chat model writes a sentence about each passage; only offered where there is one that writes. */
export function NotesForm(props: FormProps) {
  const { settings, writingModel } = props.collection;
  const { isBusy, error, said, save } = useSave(props);
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const passageNotes = String(new FormData(event.currentTarget).get("passageNotes"));
    void save({ settings: { passageNotes } }, SAVED);
  };
  const isOff = settings.passageNotes === "off";
  if (writingModel === null && isOff) {
    return (
      <Section
        title="A sentence about each passage"
        note="A chat model can write where each passage stands and what its “it” and “the company” mean, for the search alone. None is configured here: the built-in model only quotes."
      />
    );
  }
  return (
    <Section
      title="A sentence about each passage"
      note="A chat model writes where the passage stands in its document and what its “it” and “the company” mean. Searches find the passage by it; answers never quote it."
    >
      <form aria-label="A sentence about each passage" onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Sentences" hint={costWords(props.collection)} error={error}>
          {(control) => (
            <Select
              {...control}
              name="passageNotes"
              className="max-w-80"
              defaultValue={settings.passageNotes}
            >
              <option value="off">None</option>
              <option value="model">{writingModel === null ? "By a model" : `By ${writingModel}`}</option>
            </Select>
          )}
        </Field>
        <SaveRow isBusy={isBusy} said={said} />
      </form>
    </Section>
  );
}

function costWords({ writingModel }: Collection): string {
  if (writingModel === null)
    return "No chat model that writes is configured any more: documents get no new sentences.";
  return (
    "Documents take longer to read, and their text is sent to the model: about 500 tokens for each passage, on the " +
    "account of whoever adds the document. Unchanged passages are paid for once. It does not help every collection. " +
    "Takes effect as documents are read."
  );
}
