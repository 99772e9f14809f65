"use client";

import { useState } from "react";
import { useSubmit } from "@/components/evaluation/use-submit.ts";
import { requestJson } from "@/components/http/request-json.ts";
import { Button } from "@/components/ui/button.tsx";
import { type Collection, collectionSchema } from "@/lib/knowledge/schema.ts";

/** What every form of a collection's settings is given. */
export interface FormProps {
  readonly collection: Collection;
  readonly onSaved: () => Promise<void>;
}

/** Sends changes of the collection and says that they are kept. */
export function useSave({ collection, onSaved }: FormProps) {
  const [said, setSaid] = useState("");
  const { isBusy, error, submit } = useSubmit();
  const save = (body: unknown, words = "Saved.") => {
    setSaid("");
    return submit(async () => {
      await requestJson(`/api/collections/${collection.id}`, collectionSchema, { method: "PATCH", body });
      await onSaved();
      setSaid(words);
    });
  };
  return { isBusy, error, said, save };
}

/** The button that saves, and what became of it. */
export function SaveRow({ isBusy, said }: { readonly isBusy: boolean; readonly said: string }) {
  return (
    <div className="flex items-center gap-3">
      <Button type="submit" disabled={isBusy}>
        Save
      </Button>
      <span role="status" className="text-muted text-sm">
        {said}
      </span>
    </div>
  );
}
