"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useState } from "react";
import { LockedPage, type LockedPageProps } from "@/components/sources/locked-page.tsx";
import { PdfPage } from "@/components/sources/pdf-page.tsx";
import { SourceFailure } from "@/components/sources/source-failure.tsx";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import { MarkedText } from "@/components/sources/text-source.tsx";
import type { useLoaded } from "@/components/sources/use-loaded.ts";
import { usePdfPage } from "@/components/sources/use-pdf-page.ts";
import { IconButton } from "@/components/ui/button.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { DocumentPage } from "@/lib/knowledge/schema.ts";

/** A PDF page with the quoted words highlighted; the reader can turn pages. */
export function PdfSource({ target }: { readonly target: SourceTarget }) {
  const { documentId, versionId } = target;
  const [page, setPage] = useState(target.page ?? 1);
  // A newly opened quote turns to its page, also when it is the same as before.
  useEffect(() => setPage(target.page ?? 1), [target]);
  const { file, layout, lock } = usePdfPage(documentId, versionId, page);
  const pageCount =
    file.loaded.state === "ready"
      ? file.loaded.value.numPages
      : layout.loaded.state === "ready"
        ? layout.loaded.value.pageCount
        : null;
  return (
    <>
      <PageTurner page={page} pageCount={pageCount} onPage={setPage} />
      <div className="min-h-0 flex-1 overflow-auto p-4">
        {layout.loaded.state === "failed" ? (
          <SourceFailure error={layout.loaded.error} onRetry={layout.retry} />
        ) : layout.loaded.state === "loading" || layout.loaded.value.page !== page ? (
          <PageSkeleton />
        ) : (
          <PageContent file={file} layout={layout.loaded.value} target={target} lock={lock} />
        )}
      </div>
    </>
  );
}

interface PageContentProps {
  readonly file: ReturnType<typeof useLoaded<PDFDocumentProxy>>;
  readonly layout: DocumentPage;
  readonly target: SourceTarget;
  /** Where the file's password is entered; null when it needs none. */
  readonly lock: LockedPageProps | null;
}

/** The drawn page; its text when the file itself cannot be drawn. */
function PageContent({ file, layout, target, lock }: PageContentProps) {
  if (file.loaded.state === "loading") return <PageSkeleton />;
  if (file.loaded.state === "ready" && layout.width && layout.height) {
    return <PdfPage file={file.loaded.value} layout={layout} start={target.start} end={target.end} />;
  }
  const start = Math.min(Math.max(target.start - layout.start, 0), layout.text.length);
  const end = Math.min(Math.max(target.end - layout.start, start), layout.text.length);
  return (
    <div className="flex flex-col gap-4">
      {lock !== null && <LockedPage {...lock} />}
      <div className="mx-auto w-full max-w-(--container-measure) rounded border border-line bg-surface p-6">
        <p className="mb-4 text-muted text-sm">
          {lock === null ? "The page cannot be drawn here. This is its text." : "The text of the page."}
        </p>
        <MarkedText text={layout.text} start={start} end={end} />
      </div>
    </div>
  );
}

function PageSkeleton() {
  return (
    <div className="mx-auto aspect-[1/1.4] w-full max-w-3xl rounded bg-surface p-[8%]">
      <SkeletonText lines={14} label="Loading the page" />
    </div>
  );
}

interface PageTurnerProps {
  readonly page: number;
  readonly pageCount: number | null;
  readonly onPage: (page: number) => void;
}

function PageTurner({ page, pageCount, onPage }: PageTurnerProps) {
  return (
    <nav
      aria-label="Pages of the document"
      className="flex h-10 shrink-0 items-center justify-center gap-1 border-line border-b text-sm"
    >
      <IconButton label="Previous page" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <span aria-live="polite" className="min-w-28 text-center tabular-nums">
        Page {page}
        {pageCount !== null && ` of ${pageCount}`}
      </span>
      <IconButton
        label="Next page"
        disabled={pageCount === null || page >= pageCount}
        onClick={() => onPage(page + 1)}
      >
        <ChevronRight aria-hidden />
      </IconButton>
    </nav>
  );
}
