"use client";

import { useState } from "react";
import { Field, Input } from "@/components/ui/input.tsx";
import { DATASET_LIMITS } from "@/lib/evaluation/schema.ts";

export interface DatasetFileFieldProps {
  readonly label: string;
  /** The text of the chosen file, or null while there is none that can be read. */
  readonly onText: (text: string | null) => void;
  /** What the server said about the file. */
  readonly error: string | null;
}

/** Chooses a JSONL file and reads its text. */
export function DatasetFileField({ label, onText, error }: DatasetFileFieldProps) {
  const [fileError, setFileError] = useState<string | null>(null);
  const choose = async (file: File | undefined) => {
    setFileError(null);
    onText(null);
    if (file === undefined) return;
    if (file.size > DATASET_LIMITS.bytes) {
      setFileError("The file is larger than 5 MB.");
      return;
    }
    try {
      onText(await file.text());
    } catch {
      setFileError("The file cannot be read. Choose it again.");
    }
  };
  return (
    <div className="[&_p]:whitespace-pre-line">
      <Field
        label={label}
        hint={`JSON Lines: one question a line, at most ${DATASET_LIMITS.items} questions and 5 MB.`}
        error={fileError ?? error}
      >
        {(control) => (
          <Input
            {...control}
            type="file"
            accept=".jsonl,.ndjson,application/x-ndjson"
            className="h-auto py-2 text-sm"
            onChange={(event) => void choose(event.target.files?.[0])}
          />
        )}
      </Field>
    </div>
  );
}
