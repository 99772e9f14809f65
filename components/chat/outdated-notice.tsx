"use client";

import { RefreshCw } from "lucide-react";
import { useEvidence } from "@/components/chat/evidence-context.ts";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { Button } from "@/components/ui/button.tsx";
import { dayWords } from "@/components/ui/format.ts";
import { Notice } from "@/components/ui/notice.tsx";
import type { CitationData, OutdatedCitation } from "@/lib/chat/schema.ts";

export interface OutdatedNoticeProps {
  readonly outdated: readonly OutdatedCitation[];
  readonly citations: readonly CitationData[];
  /** Writes another answer from the documents as they are now. */
  readonly onAskAgain: () => void;
  readonly isBusy: boolean;
}

/** Above the sources of an answer whose documents say something else by now, or cannot be opened any more. */
export function OutdatedNotice({ outdated, citations, onAskAgain, isBusy }: OutdatedNoticeProps) {
  if (outdated.length === 0) return null;
  const hasChanged = outdated.some(({ state }) => state === "changed");
  return (
    <section aria-label="Outdated" className="mt-4">
      <Notice tone="warn">
        <h3 className="font-medium">
          {hasChanged
            ? "The documents have changed since this answer was written."
            : "Not every source of this answer can be opened any more."}
        </h3>
        <ul className="mt-1.5 flex flex-col gap-2">
          {outdated.map((entry) => (
            <li key={entry.marker}>
              <OutdatedItem
                entry={entry}
                citation={citations.find(({ marker }) => marker === entry.marker)}
              />
            </li>
          ))}
        </ul>
        <Button size="small" className="mt-2.5" disabled={isBusy} onClick={onAskAgain}>
          <RefreshCw aria-hidden />
          Ask again
        </Button>
      </Notice>
    </section>
  );
}

interface OutdatedItemProps {
  readonly entry: OutdatedCitation;
  readonly citation: CitationData | undefined;
}

function OutdatedItem({ entry, citation }: OutdatedItemProps) {
  const { openSource } = useEvidence();
  if (entry.state === "gone") {
    return (
      <>
        <Place citation={citation} marker={entry.marker} />: the document was deleted, or is no longer shared
        with you.
      </>
    );
  }
  const { now } = entry;
  return (
    <>
      <Place citation={citation} marker={entry.marker} />, changed on {dayWords(entry.changedAt)}:{" "}
      {now === null ? (
        "the quoted words no longer stand in it, nor anything like them."
      ) : (
        <>
          the quoted words no longer stand in it. It now says{" "}
          <span className="font-serif">“{shorten(now.text)}”</span>
        </>
      )}
      {now && citation && (
        <>
          {" "}
          <button
            type="button"
            className="rounded font-medium underline underline-offset-2"
            onClick={(event) =>
              openSource({ ...placeOf(citation), ...now, quote: now.text }, event.currentTarget)
            }
          >
            Show it<span className="sr-only"> for citation {entry.marker}</span>
          </button>
        </>
      )}
    </>
  );
}

function Place({
  citation,
  marker,
}: {
  readonly citation: CitationData | undefined;
  readonly marker: number;
}) {
  return (
    <span className="font-medium">
      Citation {marker}
      {citation && ` (${placeWords(citation.title, citation.page)})`}
    </span>
  );
}

function placeOf({ documentId, title, mediaType }: CitationData) {
  return { documentId, title, mediaType };
}

const SHOWN_LENGTH_MAX = 240;

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= SHOWN_LENGTH_MAX ? line : `${line.slice(0, SHOWN_LENGTH_MAX).trimEnd()}…`;
}
