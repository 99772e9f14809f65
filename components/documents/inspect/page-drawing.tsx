"use client";

import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { LockedPage } from "@/components/sources/locked-page.tsx";
import { PdfPage } from "@/components/sources/pdf-page.tsx";
import { usePdfPage } from "@/components/sources/use-pdf-page.ts";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import type { IndexPassage } from "@/lib/knowledge/schema.ts";

export interface PageDrawingProps {
  readonly documentId: string;
  readonly versionId: string;
  readonly page: number;
  /** Gets boxes over its words; null for none. */
  readonly passage: IndexPassage | null;
}

/** The page as it is printed, with boxes over the words of a passage. */
export function PageDrawing({ documentId, versionId, page, passage }: PageDrawingProps) {
  const { file, layout, lock } = usePdfPage(documentId, versionId, page);
  if (lock !== null) return <LockedPage {...lock} />;
  if (file.loaded.state === "failed" || layout.loaded.state === "failed") {
    const failed = file.loaded.state === "failed" ? file : layout;
    const error = failed.loaded.state === "failed" ? failed.loaded.error : null;
    return <LoadFailure error={error} onRetry={failed.retry} />;
  }
  return (
    <section
      aria-label="The page as printed"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="max-h-[85dvh] self-start overflow-auto rounded-lg bg-sunken p-3 max-sm:p-1.5 lg:sticky lg:top-4"
    >
      {file.loaded.state === "ready" && layout.loaded.state === "ready" ? (
        <PdfPage
          file={file.loaded.value}
          layout={layout.loaded.value}
          isFitted
          start={passage?.start ?? 0}
          end={passage?.end ?? 0}
        />
      ) : (
        <div className="aspect-[1/1.4] p-[8%]">
          <SkeletonText label="Loading the page" />
        </div>
      )}
    </section>
  );
}
