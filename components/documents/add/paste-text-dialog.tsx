"use client";

import type { SyntheticEvent } from "react";
import type { AddDialogProps } from "@/components/documents/add/add-address-dialog.tsx";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Field, Input, Textarea } from "@/components/ui/input.tsx";
import { acceptedDocumentSchema } from "@/lib/knowledge/schema.ts";

/** Adds text from the clipboard as a document. */
export function PasteTextDialog({ collectionId, isOpen, onOpenChange, onAdded }: AddDialogProps) {
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="Paste text">
      <TextForm collectionId={collectionId} onAdded={onAdded} />
    </Dialog>
  );
}

function TextForm({ collectionId, onAdded }: Pick<AddDialogProps, "collectionId" | "onAdded">) {
  const { isBusy, error, submit } = useSubmit();
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { title: String(form.get("title")), text: String(form.get("text")) };
    void submit(async () => {
      const path = `/api/collections/${collectionId}/documents`;
      const { title, isNew } = await requestJson(path, acceptedDocumentSchema, { method: "POST", body });
      onAdded(isNew ? `${title} was added.` : `${title} is here already.`);
    });
  };
  return (
    <form aria-label="Paste text" onSubmit={onSubmit} className="flex flex-col gap-4">
      <Field label="Title">{(control) => <Input {...control} name="title" required maxLength={300} />}</Field>
      <Field label="Text" hint="Markdown headings are understood." error={error}>
        {(control) => <Textarea {...control} name="text" required rows={10} maxLength={5_000_000} />}
      </Field>
      <Button type="submit" variant="primary" disabled={isBusy} className="self-end">
        Add document
      </Button>
    </form>
  );
}
