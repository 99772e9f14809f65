"use client";

import { ArrowLeft, Upload } from "lucide-react";
import Link from "next/link";
import { DocumentTable } from "@/components/documents/document-table.tsx";
import { useCollectionDocuments } from "@/components/documents/use-collection-documents.ts";
import { PageFrame } from "@/components/shell/page-frame.tsx";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import { FileButton } from "@/components/uploads/file-button.tsx";
import { UploadList } from "@/components/uploads/upload-list.tsx";
import { useUploads, useUploadTarget } from "@/components/uploads/uploads-provider.tsx";

/** One collection and its documents; files dropped here go into it. */
export function CollectionView({ collectionId }: { readonly collectionId: string }) {
  const { uploads, addFiles } = useUploads();
  const acceptedCount = uploads.filter((upload) => upload.documentId !== null).length;
  const { collection, documents, error, reload } = useCollectionDocuments(collectionId, acceptedCount);
  const isWritable = collection !== null && collection.level !== "read";
  useUploadTarget(isWritable ? collectionId : undefined);
  return (
    <PageFrame
      title={collection?.name ?? "Documents"}
      {...(collection?.description ? { description: collection.description } : {})}
      actions={isWritable && <UploadButton onFiles={addFiles} />}
    >
      <Link
        href="/collections"
        className="-mt-3 flex w-fit items-center gap-1.5 text-muted text-sm hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        All collections
      </Link>
      <UploadList />
      {error !== null && <LoadFailure error={error} onRetry={() => void reload()} />}
      {documents === null && error === null && <SkeletonText lines={6} label="Loading documents" />}
      {documents?.length === 0 && (
        <p className="rounded-lg border border-line border-dashed p-8 text-center text-muted">
          {isWritable
            ? "No documents yet. Drop PDF, Markdown or text files here, or use Upload files."
            : "No documents here yet."}
        </p>
      )}
      {documents && documents.length > 0 && (
        <DocumentTable documents={documents} isWritable={isWritable} onChanged={() => void reload()} />
      )}
    </PageFrame>
  );
}

function UploadButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  return (
    <FileButton
      onFiles={onFiles}
      button={(choose) => (
        <Button variant="primary" onClick={choose}>
          <Upload aria-hidden />
          Upload files
        </Button>
      )}
    />
  );
}
