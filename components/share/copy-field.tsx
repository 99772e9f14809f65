"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Field, Input } from "@/components/ui/input.tsx";

export interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
}

/** A text to take along, with a button that copies it. */
export function CopyField({ label, value, hint }: CopyFieldProps) {
  const [words, setWords] = useState("Copy link");
  const copy = () => {
    navigator.clipboard.writeText(value).then(
      () => setWords("Copied"),
      () => setWords("Press Ctrl+C"),
    );
  };
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <div className="flex gap-2">
          <Input {...control} readOnly value={value} onFocus={(event) => event.target.select()} />
          <Button variant="primary" onClick={copy} className="shrink-0">
            {words}
          </Button>
        </div>
      )}
    </Field>
  );
}
