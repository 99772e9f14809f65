"use client";

import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Textarea } from "@/components/ui/input.tsx";

export interface EditFormProps {
  /** Names the form, and its field, for screen readers. */
  readonly label: string;
  readonly fieldLabel: string;
  readonly text: string;
  readonly lengthMax: number;
  readonly submitLabel: string;
  readonly isBusy?: boolean;
  readonly onCancel: () => void;
  readonly onSubmit: (text: string) => void;
}

/** A text to be changed and sent again; what is unchanged or empty cannot be sent, Escape cancels. */
export function EditForm(props: EditFormProps) {
  const { text, isBusy = false, onCancel, onSubmit } = props;
  const [draft, setDraft] = useState(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  const changed = draft.trim();
  const isSendable = !isBusy && changed !== "" && changed !== text.trim();
  return (
    <form
      aria-label={props.label}
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isSendable) onSubmit(changed);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <Textarea
        ref={field}
        aria-label={props.fieldLabel}
        rows={3}
        maxLength={props.lengthMax}
        className="field-sizing-content max-h-80 min-h-20"
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <div className="flex justify-end gap-2">
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="small" variant="primary" type="submit" disabled={!isSendable}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  );
}
