"use client";

import { type SyntheticEvent, useState } from "react";
import type { z } from "zod";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Checkbox, Field, Input, Select } from "@/components/ui/input.tsx";
import { acceptedDocumentSchema, type createUrlDocumentSchema } from "@/lib/knowledge/schema.ts";

export interface AddDialogProps {
  readonly collectionId: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** What was added, as a sentence. */
  readonly onAdded: (sentence: string) => void;
}

type AddAddress = z.input<typeof createUrlDocumentSchema>;

/** Adds a page of the web, or a site within limits. */
export function AddAddressDialog({ collectionId, isOpen, onOpenChange, onAdded }: AddDialogProps) {
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title="Add from the web"
      description="A public page or file. Sites are asked whether they allow it (robots.txt)."
    >
      <AddressForm collectionId={collectionId} onAdded={onAdded} />
    </Dialog>
  );
}

function AddressForm({ collectionId, onAdded }: Pick<AddDialogProps, "collectionId" | "onAdded">) {
  const [isSite, setIsSite] = useState(false);
  const { isBusy, error, submit } = useSubmit();
  const onSubmit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body: AddAddress = {
      url: String(form.get("url")).trim(),
      refresh: form.get("isFollowed") === "on" ? "daily" : "never",
      ...(isSite ? { site: { depth: Number(form.get("depth")), limit: Number(form.get("limit")) } } : {}),
    };
    void submit(async () => {
      const path = `/api/collections/${collectionId}/documents`;
      const accepted = await requestJson(path, acceptedDocumentSchema, { method: "POST", body });
      const known = accepted.isNew ? "was added" : "is here already";
      onAdded(isSite ? `The site is being read, ${accepted.title} first.` : `${accepted.title} ${known}.`);
    });
  };
  return (
    <form aria-label="Add from the web" onSubmit={onSubmit} className="flex flex-col gap-4">
      <Field label="Address" error={error}>
        {(control) => (
          <Input
            {...control}
            name="url"
            type="url"
            required
            maxLength={2000}
            placeholder="https://example.org/handbook"
          />
        )}
      </Field>
      <Checkbox
        checked={isSite}
        onChange={(event) => setIsSite(event.target.checked)}
        label="Follow links within this site too"
      />
      {isSite && (
        <div className="grid grid-cols-2 gap-3">
          <Field label="Links deep">
            {(control) => (
              <Select {...control} name="depth" defaultValue="2">
                {[1, 2, 3, 4, 5].map((depth) => (
                  <option key={depth} value={depth}>
                    {depth}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Pages at most">
            {(control) => (
              <Input {...control} name="limit" type="number" required min={1} max={500} defaultValue={50} />
            )}
          </Field>
        </div>
      )}
      <Checkbox name="isFollowed" defaultChecked label="Look every day whether it changed" />
      <Button type="submit" variant="primary" disabled={isBusy} className="self-end">
        {isBusy ? "Fetching…" : "Add"}
      </Button>
    </form>
  );
}
