"use client";

import { useCallback, useState } from "react";
import { AddButtons } from "@/components/documents/add/add-buttons.tsx";
import { CollectionFrame } from "@/components/documents/collection-frame.tsx";
import { DocumentList } from "@/components/documents/list/document-list.tsx";
import { SourceList } from "@/components/documents/list/source-list.tsx";
import { CollectionSearch } from "@/components/documents/search/collection-search.tsx";
import { useCollection } from "@/components/documents/use-collection.ts";
import { UploadList } from "@/components/uploads/upload-list.tsx";
import { useUploads, useUploadTarget } from "@/components/uploads/uploads-provider.tsx";

export interface CollectionViewProps {
  readonly collectionId: string;
  /** Whether the reader may pause and resume work in the background. */
  readonly maySchedule: boolean;
}

/** One collection: its documents, a search in them, and the ways to add more; files dropped here go into it. */
export function CollectionView({ collectionId, maySchedule }: CollectionViewProps) {
  const loaded = useCollection(collectionId);
  const { uploads, addFiles, readyCount } = useUploads();
  const acceptedCount = uploads.filter((upload) => upload.documentId !== null).length;
  const [added, setAdded] = useState({ count: 0, sentence: "" });
  const isWritable = loaded.collection !== null && loaded.collection.level !== "read";
  useUploadTarget(isWritable ? collectionId : undefined);
  const { reload } = loaded;
  const onLost = useCallback(() => void reload(), [reload]);
  return (
    <CollectionFrame
      collectionId={collectionId}
      current="documents"
      loaded={loaded}
      actions={(collection) =>
        collection.level !== "read" && (
          <AddButtons
            collectionId={collectionId}
            onFiles={addFiles}
            onAdded={(sentence) => setAdded(({ count }) => ({ count: count + 1, sentence }))}
          />
        )
      }
    >
      {() => (
        <>
          <p role="status" className="text-muted text-sm empty:hidden">
            {added.sentence}
          </p>
          <UploadList />
          <CollectionSearch collectionId={collectionId}>
            <DocumentList
              collectionId={collectionId}
              isWritable={isWritable}
              maySchedule={maySchedule}
              revision={added.count + acceptedCount + readyCount}
              onLost={onLost}
            />
            <SourceList
              key={added.count}
              collectionId={collectionId}
              isWritable={isWritable}
              onChanged={() => setAdded(({ count, sentence }) => ({ count: count + 1, sentence }))}
            />
          </CollectionSearch>
        </>
      )}
    </CollectionFrame>
  );
}
