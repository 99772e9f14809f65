"use client";

import { useRouter } from "next/navigation";
import { Crumbs } from "@/components/documents/collection-frame.tsx";
import { DocumentActions } from "@/components/documents/inspect/document-actions.tsx";
import { DocumentFacts } from "@/components/documents/inspect/document-facts.tsx";
import { IndexView } from "@/components/documents/inspect/index-view.tsx";
import { useInspectedDocument } from "@/components/documents/inspect/use-inspected-document.ts";
import { useCollection } from "@/components/documents/use-collection.ts";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";

export interface DocumentViewProps {
  readonly collectionId: string;
  readonly documentId: string;
  /** The page to open, from 1. */
  readonly page: number;
  /** The passage to bring into view. */
  readonly passageId: string | null;
}

/** One document: its state, and what the index sees of it. */
export function DocumentView({ collectionId, documentId, page, passageId }: DocumentViewProps) {
  const { collection } = useCollection(collectionId);
  const { loaded, error, reload } = useInspectedDocument(documentId);
  const router = useRouter();
  const path = `/collections/${collectionId}`;
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-6xl flex-col gap-6 px-4 py-6 sm:px-8 sm:py-8">
        <header className="flex flex-col gap-2">
          <Crumbs
            steps={[
              { label: "Documents", href: "/collections" },
              { label: collection?.name ?? "Collection", href: path },
            ]}
          />
          <div className="flex flex-wrap items-start justify-between gap-3">
            <h1 className="min-w-0 flex-1 basis-60 font-medium font-serif text-2xl tracking-tight [overflow-wrap:anywhere]">
              {loaded?.document.title ?? "Document"}
            </h1>
            {loaded && (
              <DocumentActions
                document={loaded.document}
                isWritable={collection !== null && collection.level !== "read"}
                onChanged={reload}
                onDeleted={() => router.push(path)}
              />
            )}
          </div>
          {loaded && <DocumentFacts document={loaded.document} />}
        </header>
        {error !== null && <LoadFailure error={error} onRetry={() => void reload()} />}
        {loaded === null && error === null && <SkeletonText lines={8} label="Loading the document" />}
        {loaded && (
          <IndexView
            key={loaded.index.versionId}
            document={loaded.document}
            index={loaded.index}
            firstPage={page}
            passageId={passageId}
          />
        )}
      </div>
    </div>
  );
}
