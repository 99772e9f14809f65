import { kindWords, pageCountWords, stateWords } from "@/components/documents/document-words.ts";
import { DocumentStateBadge, SourceLink } from "@/components/documents/list/document-row.tsx";
import { dayWords, sizeWords } from "@/components/ui/format.ts";
import { Notice } from "@/components/ui/notice.tsx";
import type { Document } from "@/lib/knowledge/schema.ts";

/** State, kind, size and origin of a document, and why it could not be read. */
export function DocumentFacts({ document }: { readonly document: Document }) {
  const { pageCount, state, stateDetail, title, fileName } = document;
  const { note } = stateWords(document);
  const facts = [
    kindWords(document.mediaType),
    ...(pageCount === null ? [] : [pageCountWords(document.mediaType, pageCount)]),
    sizeWords(document.sizeBytes),
    `updated ${dayWords(document.updatedAt)}`,
  ];
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-muted text-sm">
        <span>
          <DocumentStateBadge document={document} />
        </span>
        <span>{facts.join(" · ")}</span>
        <SourceLink document={document} />
        {title !== fileName && <span className="[overflow-wrap:anywhere]">{fileName}</span>}
      </div>
      {note !== "" && <p className="text-muted text-sm">{note}</p>}
      {state === "failed" && (
        <Notice tone="danger">{stateDetail ?? "The document could not be read."}</Notice>
      )}
    </>
  );
}
