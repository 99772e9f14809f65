"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { pageSegments } from "@/components/documents/inspect/page-segments.ts";
import { PassageCard } from "@/components/documents/inspect/passage-card.tsx";
import { errorSentence, requestJson } from "@/components/http/request-json.ts";
import { LoadFailure } from "@/components/sources/load-failure.tsx";
import { Button } from "@/components/ui/button.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import {
  type Document,
  type DocumentIndexPage,
  documentIndexPageSchema,
  type IndexPage,
  type IndexPassage,
} from "@/lib/knowledge/schema.ts";

export interface IndexedPageProps {
  readonly document: Document;
  readonly versionId: string;
  readonly page: IndexPage;
  /** The passage to bring into view, which a search led to. */
  readonly passageId: string | null;
  readonly selected: IndexPassage | null;
  /** Shows where a passage stands; absent where there is no printed page. */
  readonly onSelect: ((passage: IndexPassage) => void) | undefined;
}

/** The passages of one page, and the text that is in none. */
export function IndexedPage({ document, versionId, page, passageId, selected, onSelect }: IndexedPageProps) {
  const { parts, error, isBusy, loadMore, retry } = usePassages(document.id, versionId, page.page);
  const wanted = parts?.flatMap((part) => part.passages).find(({ chunkId }) => chunkId === passageId);
  useEffect(() => {
    if (wanted) onSelect?.(wanted);
  }, [wanted, onSelect]);
  return (
    <div className="min-w-0">
      {error !== null && parts === null && <LoadFailure error={error} onRetry={retry} />}
      {parts === null && error === null && <SkeletonText lines={8} label="Loading the passages" />}
      {parts && (
        <ol aria-label="Passages of the page" className="flex flex-col gap-3">
          {parts
            .flatMap((part) => pageSegments(part.text, part.start, part.passages))
            .map((segment) =>
              segment.passage === null ? (
                <NotIndexed key={`gap-${segment.start}`} text={segment.text} />
              ) : (
                <PassageCard
                  key={segment.passage.chunkId}
                  segment={segment}
                  passage={segment.passage}
                  isSelected={(selected ?? wanted)?.chunkId === segment.passage.chunkId}
                  isWanted={wanted?.chunkId === segment.passage.chunkId}
                  onSelect={onSelect}
                  keepsLines={onSelect === undefined}
                />
              ),
            )}
        </ol>
      )}
      {parts?.every(({ text }) => text.trim() === "") && (
        <p className="text-muted">
          {page.state === "unreadable"
            ? "No text could be read on this page."
            : "There is no text on this page."}
        </p>
      )}
      {parts?.at(-1)?.next != null && (
        <Button className="mt-3" disabled={isBusy} onClick={loadMore}>
          Show more passages
        </Button>
      )}
      {error !== null && parts !== null && (
        <p role="alert" className="mt-2 text-danger text-sm">
          {errorSentence(error)}
        </p>
      )}
    </div>
  );
}

function NotIndexed({ text }: { readonly text: string }) {
  return (
    <li className="border-line border-l-2 border-dashed pl-3 text-muted text-sm">
      <p className="text-xs">In no passage</p>
      <p className="whitespace-pre-line [overflow-wrap:anywhere]">{text.trim()}</p>
    </li>
  );
}

/** The passages of a page, so many at a time. */
function usePassages(documentId: string, versionId: string, page: number) {
  const [parts, setParts] = useState<readonly DocumentIndexPage[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const path = `/api/documents/${documentId}/index/${page}?version=${versionId}`;
  const gone = useRef(new AbortController());
  const load = useCallback(
    async (after: number | null) => {
      const { signal } = gone.current;
      setIsBusy(true);
      setError(null);
      try {
        const address = after === null ? path : `${path}&after=${after}`;
        const part = await requestJson(address, documentIndexPageSchema, { signal });
        setParts((shown) => (after === null ? [part] : [...(shown ?? []), part]));
      } catch (cause) {
        if (!signal.aborted) setError(cause);
      }
      setIsBusy(false);
    },
    [path],
  );
  useEffect(() => {
    const stop = new AbortController();
    gone.current = stop;
    void load(null);
    return () => stop.abort();
  }, [load]);
  const next = parts?.at(-1)?.next ?? null;
  return {
    parts,
    error,
    isBusy,
    retry: () => void load(null),
    loadMore: () => void load(next),
  };
}
