"use client";

import { useEvidence } from "@/components/chat/evidence-context.ts";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { targetOfSource } from "@/components/sources/source-target.ts";
import type { RetrievalData, SourceData } from "@/lib/chat/schema.ts";

const SHOWN_MAX = 4;

export interface NotFoundBoxProps {
  readonly retrieval: RetrievalData | undefined;
  readonly sources: readonly SourceData[];
}

/** The words without heading and list marks, for a glimpse of two lines. */
function plainWords(text: string): string {
  return text.replaceAll(/^[ \t]*(?:#{1,6}|[-*+>])[ \t]+/gm, "").replaceAll(/[`*]{1,3}/g, "");
}

/** Under an answer that found nothing: what was searched, and the nearest passages to look at oneself. */
export function NotFoundBox({ retrieval, sources }: NotFoundBoxProps) {
  const { openSource } = useEvidence();
  return (
    <section aria-label="Nothing found" className="mt-4 rounded-lg border border-line bg-sunken p-4 text-sm">
      {retrieval && (
        <p className="text-muted">
          Searched for “{retrieval.searchedQuestion}”.{" "}
          {retrieval.found === 0 ? "No passage came near it." : `Looked through ${retrieval.found} passages.`}
        </p>
      )}
      {sources.length > 0 && (
        <>
          <h3 className="mt-3 mb-1 font-medium">Nearest passages</h3>
          <ul className="-mx-2 flex flex-col">
            {sources.slice(0, SHOWN_MAX).map((source) => (
              <li key={source.id}>
                <button
                  type="button"
                  onClick={(event) => openSource(targetOfSource(source), event.currentTarget)}
                  className="w-full rounded-md px-2 py-1.5 text-left hover:bg-hover"
                >
                  <span className="block">{placeWords(source.title, source.page)}</span>
                  <span className="line-clamp-2 font-serif text-muted">{plainWords(source.text)}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
