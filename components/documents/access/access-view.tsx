"use client";

import { useState } from "react";
import { AccessChanges } from "@/components/documents/access/access-changes.tsx";
import { AccessTable } from "@/components/documents/access/access-table.tsx";
import { AddPerson } from "@/components/documents/access/add-person.tsx";
import { VisibilityForm } from "@/components/documents/access/visibility-form.tsx";
import { CollectionFrame } from "@/components/documents/collection-frame.tsx";
import { useCollection } from "@/components/documents/use-collection.ts";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { usePolled } from "@/components/http/use-polled.ts";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import { type Collection, collectionAccessSchema } from "@/lib/knowledge/schema.ts";

/** Others may change it too. */
const READ_EVERY_MS = 15_000;

/** Who may read, write and manage a collection. */
export function AccessView({ collectionId }: { readonly collectionId: string }) {
  const loaded = useCollection(collectionId);
  return (
    <CollectionFrame collectionId={collectionId} current="access" loaded={loaded}>
      {(collection) =>
        collection.level === "manage" ? (
          <AccessForms collection={collection} onChanged={loaded.reload} />
        ) : (
          <Notice>Only those who manage this collection see and change who may use it.</Notice>
        )
      }
    </CollectionFrame>
  );
}

interface AccessFormsProps {
  readonly collection: Collection;
  readonly onChanged: () => Promise<void>;
}

function AccessForms({ collection, onChanged }: AccessFormsProps) {
  const path = `/api/collections/${collection.id}`;
  const { data, isStale, refresh } = usePolled(`${path}/access`, collectionAccessSchema, {
    initial: null,
    everyMs: READ_EVERY_MS,
  });
  const [said, setSaid] = useState("");
  const onDone = (sentence: string) => {
    setSaid(sentence);
    refresh();
    // Whoever took their own rights away sees so at once.
    void onChanged();
  };
  if (data === null) {
    return isStale ? (
      <LoadFailure error={null} onRetry={refresh} />
    ) : (
      <SkeletonText lines={5} label="Loading who has access" />
    );
  }
  return (
    <div className="flex max-w-3xl flex-col gap-8">
      <p role="status" className="sr-only">
        {said}
      </p>
      <Section title="Who can find it">
        <VisibilityForm collection={collection} onDone={onDone} />
      </Section>
      <Section
        title="People"
        note="Changes act at once: in the next search, in an open source, in shared links and for programs."
      >
        <AddPerson path={path} onDone={onDone} />
        <AccessTable path={path} access={data} onDone={onDone} />
      </Section>
      <Section title="Changes">
        <AccessChanges changes={data.changes} />
      </Section>
    </div>
  );
}
