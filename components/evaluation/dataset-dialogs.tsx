"use client";

import { type ReactNode, useState } from "react";
import { DatasetFileField } from "@/components/evaluation/dataset-file-field.tsx";
import { countWords } from "@/components/evaluation/format-figure.ts";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input } from "@/components/ui/input.tsx";
import { type Dataset, datasetSchema } from "@/lib/evaluation/schema.ts";

interface DialogBaseProps {
  readonly onClose: () => void;
  readonly onDone: (dataset: Dataset) => void;
}

interface DatasetFormProps {
  readonly children: ReactNode;
  readonly submitLabel: string;
  readonly isBusy: boolean;
  readonly canSubmit?: boolean;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
}

function DatasetForm({
  children,
  submitLabel,
  isBusy,
  canSubmit = true,
  onSubmit,
  onCancel,
}: DatasetFormProps) {
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={isBusy || !canSubmit}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}

interface NameFieldProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly error?: string | null;
}

function NameField({ name, onName, error = null }: NameFieldProps) {
  return (
    <Field label="Name" error={error}>
      {(control) => (
        <Input
          {...control}
          required
          maxLength={120}
          value={name}
          onChange={(event) => onName(event.target.value)}
        />
      )}
    </Field>
  );
}

/** Makes a dataset from a name and, if there is one, a file. */
export function NewDatasetDialog({ onClose, onDone }: DialogBaseProps) {
  const [name, setName] = useState("");
  const [jsonl, setJsonl] = useState<string | null>(null);
  const { isBusy, error, submit } = useSubmit();
  const create = () =>
    void submit(async () => {
      const body = jsonl === null ? { name } : { name, jsonl };
      onDone(await requestJson("/api/admin/datasets", datasetSchema, { method: "POST", body }));
    });
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="New dataset"
      description="Questions with reference answers and the sources that hold them."
    >
      <DatasetForm submitLabel="Create dataset" isBusy={isBusy} onSubmit={create} onCancel={onClose}>
        <NameField name={name} onName={setName} />
        <DatasetFileField label="Questions file" onText={setJsonl} error={error} />
      </DatasetForm>
    </Dialog>
  );
}

/** Gives a dataset another name. */
export function RenameDatasetDialog({
  dataset,
  onClose,
  onDone,
}: DialogBaseProps & { readonly dataset: Dataset }) {
  const [name, setName] = useState(dataset.name);
  const { isBusy, error, submit } = useSubmit();
  const rename = () =>
    void submit(async () => {
      const path = `/api/admin/datasets/${dataset.id}`;
      onDone(await requestJson(path, datasetSchema, { method: "PATCH", body: { name } }));
    });
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || onClose()} title="Rename dataset">
      <DatasetForm submitLabel="Rename" isBusy={isBusy} onSubmit={rename} onCancel={onClose}>
        <NameField name={name} onName={setName} error={error} />
      </DatasetForm>
    </Dialog>
  );
}

/** Replaces the questions of a dataset by those of a file. */
export function ImportDatasetDialog({
  dataset,
  onClose,
  onDone,
}: DialogBaseProps & { readonly dataset: Dataset }) {
  const [jsonl, setJsonl] = useState<string | null>(null);
  const { isBusy, error, clearError, submit } = useSubmit();
  const replace = () =>
    void submit(async () => {
      const path = `/api/admin/datasets/${dataset.id}/items`;
      onDone(await requestJson(path, datasetSchema, { method: "POST", body: { jsonl } }));
    });
  const choose = (text: string | null) => {
    clearError();
    setJsonl(text);
  };
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title={`Import into ${dataset.name}`}
      description={`The file replaces the ${countWords(dataset.itemCount, "question")} there are now. Earlier runs keep theirs.`}
    >
      <DatasetForm
        submitLabel="Replace questions"
        isBusy={isBusy}
        canSubmit={jsonl !== null}
        onSubmit={replace}
        onCancel={onClose}
      >
        <DatasetFileField label="Questions file" onText={choose} error={error} />
      </DatasetForm>
    </Dialog>
  );
}
