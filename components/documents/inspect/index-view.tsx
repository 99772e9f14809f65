"use client";

import { useCallback, useState } from "react";
import { isRetryable } from "@/components/documents/document-words.ts";
import { IndexedPage } from "@/components/documents/inspect/indexed-page.tsx";
import { PageChooser } from "@/components/documents/inspect/page-chooser.tsx";
import { PageDrawing } from "@/components/documents/inspect/page-drawing.tsx";
import { PageMarks } from "@/components/documents/inspect/page-marks.tsx";
import { LocalTime } from "@/components/evaluation/local-time.tsx";
import { Section } from "@/components/evaluation/page-frame.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import type { Document, DocumentIndex, IndexPassage } from "@/lib/knowledge/schema.ts";

export interface IndexViewProps {
  readonly document: Document;
  readonly index: DocumentIndex;
  readonly firstPage: number;
  readonly passageId: string | null;
}

/** What the index sees: page by page the extracted text, cut into the passages that searches find. */
export function IndexView({ document, index, firstPage, passageId }: IndexViewProps) {
  const isKnown = index.pages.some(({ page }) => page === firstPage);
  const [page, setPage] = useState(isKnown ? firstPage : (index.pages[0]?.page ?? 1));
  const [selected, setSelected] = useState<{ page: number; passage: IndexPassage } | null>(null);
  const select = useCallback((passage: IndexPassage) => setSelected({ page, passage }), [page]);
  const isPrinted = document.mediaType === "application/pdf";
  const shown = index.pages.find((candidate) => candidate.page === page);
  if (index.versionId === null || shown === undefined) {
    return (
      <Section title="What the index sees">
        <p className="text-muted">
          {isRetryable(document)
            ? "Nothing: the document was not read to its end."
            : "Nothing yet: the document is still to be read."}
        </p>
      </Section>
    );
  }
  return (
    <Section
      title="What the index sees"
      note="The text as it was extracted, cut into the passages that searches find and answers quote."
    >
      <IndexFacts index={index} />
      <PageMarks pages={index.pages} onPage={setPage} />
      {index.pages.length > 1 && <PageChooser pages={index.pages} page={page} onPage={setPage} />}
      <div className={classNames("grid gap-5", isPrinted ? "lg:grid-cols-2" : "max-w-3xl")}>
        {isPrinted && (
          <PageDrawing
            documentId={document.id}
            versionId={index.versionId}
            page={page}
            passage={selected?.page === page ? selected.passage : null}
          />
        )}
        <IndexedPage
          key={page}
          document={document}
          versionId={index.versionId}
          page={shown}
          passageId={page === firstPage ? passageId : null}
          selected={selected?.page === page ? selected.passage : null}
          onSelect={isPrinted ? select : undefined}
        />
      </div>
    </Section>
  );
}

function IndexFacts({ index }: { readonly index: DocumentIndex }) {
  const { passageCount, notedCount, vectorSpaces, parser, readAt } = index;
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-sm">
      <dt className="text-muted">Passages</dt>
      <dd className="tabular-nums">{passageCount}</dd>
      {notedCount > 0 && (
        <>
          <dt className="text-muted">With a sentence by a model</dt>
          <dd className="tabular-nums">
            {notedCount === passageCount ? "all" : `${notedCount}; ${passageCount - notedCount} have none`}
          </dd>
        </>
      )}
      <dt className="text-muted">Vectors</dt>
      <dd className="[overflow-wrap:anywhere]">
        {vectorSpaces.length === 0
          ? "none"
          : vectorSpaces.map(({ name, passages }) => `${passages} in ${name}`).join(", ")}
      </dd>
      <dt className="text-muted">Read</dt>
      <dd className="[overflow-wrap:anywhere]">
        {readAt !== null && <LocalTime iso={readAt} />} with the reader {parser}
      </dd>
    </dl>
  );
}
