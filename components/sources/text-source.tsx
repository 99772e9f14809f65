"use client";

import { useCallback, useState } from "react";
import { requestJson } from "@/components/http/request-json.ts";
import { bringIntoView } from "@/components/sources/bring-into-view.ts";
import { SourceFailure } from "@/components/sources/source-failure.tsx";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import { useLoaded } from "@/components/sources/use-loaded.ts";
import { Button } from "@/components/ui/button.tsx";
import { SkeletonText } from "@/components/ui/skeleton.tsx";
import { documentTextSchema } from "@/lib/knowledge/schema.ts";

/** Characters shown on each side of the quote before the reader asks for the whole of a long document. */
const AROUND_MAX = 40_000;

/** A document without pages, with exactly the quoted words marked and in view. */
export function TextSource({ target }: { readonly target: SourceTarget }) {
  const { documentId, versionId } = target;
  const load = useCallback(
    (signal: AbortSignal) =>
      requestJson(`/api/documents/${documentId}/text?version=${versionId}`, documentTextSchema, { signal }),
    [documentId, versionId],
  );
  const { loaded, retry } = useLoaded(load);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-paper px-5 py-6 sm:px-8">
      <div className="mx-auto max-w-(--container-measure)">
        {loaded.state === "loading" && <SkeletonText lines={12} label="Loading the document" />}
        {loaded.state === "failed" && <SourceFailure error={loaded.error} onRetry={retry} />}
        {loaded.state === "ready" && (
          <MarkedText key={versionId} text={loaded.value.text} start={target.start} end={target.end} />
        )}
      </div>
    </div>
  );
}

interface MarkedTextProps {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Text with `text.slice(start, end)` marked. */
export function MarkedText({ text, start, end }: MarkedTextProps) {
  const [isWhole, setIsWhole] = useState(false);
  const from = isWhole ? 0 : Math.max(0, start - AROUND_MAX);
  const to = isWhole ? text.length : Math.min(text.length, end + AROUND_MAX);
  const isCut = from > 0 || to < text.length;
  return (
    <>
      {isCut && (
        <p className="mb-4 flex flex-wrap items-center gap-3 text-muted text-sm">
          This is the part around the quote.
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show the whole document
          </Button>
        </p>
      )}
      <p className="whitespace-pre-wrap font-serif text-[1.0625rem] leading-relaxed [overflow-wrap:anywhere]">
        {text.slice(from, start)}
        <mark key={`${start}:${end}:${from}`} ref={bringIntoView} className="scroll-my-24">
          {text.slice(start, end)}
        </mark>
        {text.slice(end, to)}
      </p>
    </>
  );
}
