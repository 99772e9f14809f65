"use client";

import { useEvidence } from "@/components/chat/evidence-context.ts";
import { VerdictBadge } from "@/components/chat/verdict-badge.tsx";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { CitationData } from "@/lib/chat/schema.ts";

/** The cited passages under an answer, in the order of their numbers. */
export function SourceList({ citations }: { readonly citations: readonly CitationData[] }) {
  const { openSource, outdatedMarkers } = useEvidence();
  if (citations.length === 0) return null;
  return (
    <section aria-label="Sources" className="mt-5 border-line border-t pt-3">
      <h3 className="mb-1 font-medium text-muted text-sm">Sources</h3>
      <ol className="-mx-2 flex flex-col">
        {citations.map((citation) => (
          <li key={citation.marker}>
            <button
              type="button"
              onClick={(event) => openSource(citation, event.currentTarget)}
              className="flex w-full items-start gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-hover"
            >
              <span className="mt-0.5 min-w-5 rounded bg-accent-soft px-1 text-center font-semibold text-accent text-xs leading-5 tabular-nums">
                {citation.marker}
              </span>
              <span className="min-w-0 flex-1">
                <span className="block text-sm">{placeWords(citation.title, citation.page)}</span>
                <span className="line-clamp-2 font-serif text-muted text-sm">“{citation.quote}”</span>
              </span>
              {outdatedMarkers.has(citation.marker) && <Badge tone="warn">Outdated</Badge>}
              {citation.verdict !== "supported" && <VerdictBadge verdict={citation.verdict} />}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
