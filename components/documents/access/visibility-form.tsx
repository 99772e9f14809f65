"use client";

import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { type Collection, collectionSchema } from "@/lib/knowledge/schema.ts";

const CHOICES = [
  {
    visibility: "private",
    label: "Only the people below",
    hint: "The owner and those on the list; nobody else finds it, not even administrators.",
  },
  {
    visibility: "organisation",
    label: "Everyone in the organisation",
    hint: "All members read it, editors add and remove documents, administrators manage it.",
  },
] as const;

export interface VisibilityFormProps {
  readonly collection: Collection;
  readonly onDone: (sentence: string) => void;
}

/** Who finds the collection without being on its list. */
export function VisibilityForm({ collection, onDone }: VisibilityFormProps) {
  const { isBusy, error, submit } = useSubmit();
  const choose = (choice: (typeof CHOICES)[number]) =>
    submit(async () => {
      await requestJson(`/api/collections/${collection.id}`, collectionSchema, {
        method: "PATCH",
        body: { visibility: choice.visibility },
      });
      onDone(`${choice.label} can find it.`);
    });
  return (
    <fieldset disabled={isBusy} className="flex flex-col gap-2.5">
      <legend className="sr-only">Who can find it</legend>
      {CHOICES.map((choice) => (
        <label key={choice.visibility} className="flex items-start gap-2.5">
          <input
            type="radio"
            name="visibility"
            className="mt-1 size-4 shrink-0 accent-accent"
            checked={collection.visibility === choice.visibility}
            onChange={() => void choose(choice)}
            aria-describedby={`visibility-${choice.visibility}`}
          />
          <span>
            <span className="block font-medium">{choice.label}</span>
            <span id={`visibility-${choice.visibility}`} className="block text-muted text-sm">
              {choice.hint}
            </span>
          </span>
        </label>
      ))}
      <p role="alert" className="text-danger text-sm empty:hidden">
        {error}
      </p>
    </fieldset>
  );
}
