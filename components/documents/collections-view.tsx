"use client";

import Link from "next/link";
import { type SyntheticEvent, useCallback, useState } from "react";
import { errorSentence, requestJson } from "@/components/http/request-json.ts";
import { PageFrame } from "@/components/shell/page-frame.tsx";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { useLoaded } from "@/components/sources/use-loaded.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Checkbox, Field, Input } from "@/components/ui/input.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import {
  type Collection,
  type CreateCollection,
  collectionListSchema,
  collectionSchema,
} from "@/lib/knowledge/schema.ts";

export interface CollectionsViewProps {
  /** Whether the reader pauses background work and chooses its hours. */
  readonly maySchedule: boolean;
}

/** All collections the reader can see. */
export function CollectionsView({ maySchedule }: CollectionsViewProps) {
  const load = useCallback(
    (signal: AbortSignal) => requestJson("/api/collections", collectionListSchema, { signal }),
    [],
  );
  const { loaded, retry } = useLoaded(load);
  const [isCreating, setIsCreating] = useState(false);
  return (
    <PageFrame
      title="Documents"
      description="Collections that questions can search. Files dropped on the window go into your own."
      actions={
        <>
          {maySchedule && (
            <Button variant="quiet" asChild>
              <Link href="/collections/background" prefetch={false}>
                Background work
              </Link>
            </Button>
          )}
          <Button onClick={() => setIsCreating(true)}>New collection</Button>
        </>
      }
    >
      {loaded.state === "loading" && <SkeletonText lines={4} label="Loading collections" />}
      {loaded.state === "failed" && <LoadFailure error={loaded.error} onRetry={retry} />}
      {loaded.state === "ready" && (
        <ul aria-label="Collections" className="flex flex-col border-line border-t">
          {loaded.value.collections.map((collection) => (
            <CollectionRow key={collection.id} collection={collection} />
          ))}
        </ul>
      )}
      <CreateDialog
        isOpen={isCreating}
        onOpenChange={setIsCreating}
        onCreated={() => {
          setIsCreating(false);
          retry();
        }}
      />
    </PageFrame>
  );
}

function CollectionRow({ collection }: { readonly collection: Collection }) {
  const { documentCount } = collection;
  return (
    <li className="border-line border-b">
      <Link
        href={`/collections/${collection.id}`}
        prefetch={false}
        className="flex items-center justify-between gap-4 px-1 py-3.5 hover:bg-hover"
      >
        <span className="min-w-0">
          <span className="flex flex-wrap items-center gap-2 font-medium">
            {collection.name}
            {collection.isSample && <Badge>Sample</Badge>}
            {collection.visibility === "private" && <Badge tone="accent">Private</Badge>}
          </span>
          {collection.description && (
            <span className="block text-muted text-sm">{collection.description}</span>
          )}
        </span>
        <span className="shrink-0 text-muted text-sm tabular-nums">
          {documentCount === 1 ? "1 document" : `${documentCount} documents`}
        </span>
      </Link>
    </li>
  );
}

interface CreateDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onCreated: () => void;
}

function CreateDialog({ isOpen, onOpenChange, onCreated }: CreateDialogProps) {
  const [error, setError] = useState<string | null>(null);
  const onSubmit = async (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body: Partial<CreateCollection> = {
      name: String(form.get("name")),
      visibility: form.get("shared") === "on" ? "organisation" : "private",
    };
    try {
      await requestJson("/api/collections", collectionSchema, { method: "POST", body });
      setError(null);
      onCreated();
    } catch (cause) {
      setError(errorSentence(cause));
    }
  };
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="New collection">
      <form onSubmit={(event) => void onSubmit(event)} className="flex flex-col gap-4">
        <Field label="Name" error={error}>
          {(control) => <Input {...control} name="name" required maxLength={120} />}
        </Field>
        <Checkbox name="shared" label="Everyone in the organisation may read it" />
        <Button type="submit" variant="primary" className="self-end">
          Create collection
        </Button>
      </form>
    </Dialog>
  );
}
