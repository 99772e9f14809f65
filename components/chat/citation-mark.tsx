"use client";

import { useEvidence } from "@/components/chat/evidence-context.ts";
import { VerdictBadge } from "@/components/chat/verdict-badge.tsx";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { useFootnotes } from "@/components/share/footnote-context.ts";
import { Badge } from "@/components/ui/badge.tsx";
import { HoverCard } from "@/components/ui/hover-card.tsx";
import type { CitationData } from "@/lib/chat/schema.ts";

const SUPERSCRIPT = "relative top-[-0.38em] ml-0.5 align-baseline text-[0.68em] leading-none";
const NUMBER =
  "inline-block min-w-[1.5em] rounded bg-accent-soft px-[0.35em] py-[0.18em] text-center font-sans font-semibold " +
  "text-accent tabular-nums no-underline! hover:bg-accent hover:text-on-accent";

/** The small number after a claim: a button beside a source panel, a link to its footnote on a shared page. */
export function CitationMark({ marker }: { readonly marker: number }) {
  const footnotes = useFootnotes();
  const place = footnotes?.places.get(marker);
  if (!footnotes) return <CitationButton marker={marker} />;
  if (place === undefined) return null;
  return (
    <sup className={SUPERSCRIPT}>
      <a
        href={`#${footnotes.prefix}-${marker}`}
        aria-label={`Citation ${marker}: ${place}`}
        className={NUMBER}
      >
        {marker}
      </a>
    </sup>
  );
}

/** Shows the quote on hover or focus, opens the source on click. */
function CitationButton({ marker }: { readonly marker: number }) {
  const { citationByMarker, outdatedMarkers, openSource } = useEvidence();
  const citation = citationByMarker.get(marker);
  if (!citation) return null;
  return (
    <sup className={SUPERSCRIPT}>
      <HoverCard content={<CitationCard citation={citation} isOutdated={outdatedMarkers.has(marker)} />}>
        <button
          type="button"
          aria-label={`Citation ${marker}: ${placeWords(citation.title, citation.page)}`}
          onClick={(event) => openSource(citation, event.currentTarget)}
          className={NUMBER}
        >
          {marker}
        </button>
      </HoverCard>
    </sup>
  );
}

function CitationCard({
  citation,
  isOutdated,
}: {
  readonly citation: CitationData;
  readonly isOutdated: boolean;
}) {
  return (
    <div className="flex flex-col gap-2.5">
      <blockquote className="line-clamp-6 border-accent border-l-2 pl-3 font-serif text-[0.95rem] leading-snug">
        {citation.quote}
      </blockquote>
      <p className="text-muted">{placeWords(citation.title, citation.page)}</p>
      <div className="flex gap-1.5">
        {isOutdated && <Badge tone="warn">Outdated</Badge>}
        <VerdictBadge verdict={citation.verdict} />
      </div>
    </div>
  );
}
