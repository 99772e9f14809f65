"use client";

import { useEffect, useRef } from "react";
import type { PageSegment } from "@/components/documents/inspect/page-segments.ts";
import { Button } from "@/components/ui/button.tsx";
import { classNames } from "@/components/ui/class-names.ts";
import type { IndexPassage } from "@/lib/knowledge/schema.ts";

export interface PassageCardProps {
  readonly segment: PageSegment;
  readonly passage: IndexPassage;
  readonly isSelected: boolean;
  /** Brings it into view once. */
  readonly isWanted: boolean;
  /** Shows where it stands; absent where there is no printed page. */
  readonly onSelect: ((passage: IndexPassage) => void) | undefined;
  /** Whether line ends mean something. */
  readonly keepsLines: boolean;
}

/** One passage as it is indexed: its borders, the headings above it, its words. */
export function PassageCard(props: PassageCardProps) {
  const { segment, passage, isSelected, isWanted, onSelect, keepsLines } = props;
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isWanted) element.current?.scrollIntoView({ block: "center" });
  }, [isWanted]);
  const name = `Passage ${passage.ordinal + 1}`;
  return (
    <li
      ref={element}
      aria-label={name}
      aria-current={isSelected ? "true" : undefined}
      className={classNames(
        "rounded-r-lg border-l-3 bg-surface py-2 pr-3 pl-3.5",
        isSelected ? "border-accent bg-accent-soft/60" : "border-line-strong",
      )}
    >
      <div className="mb-1 flex flex-wrap items-start justify-between gap-x-3 gap-y-1 text-muted text-xs">
        <p className="min-w-0 flex-1 basis-24">
          <span className="font-medium text-ink">{name}</span>
          {passage.headingPath.length > 0 && <> · {passage.headingPath.join(" › ")}</>}
        </p>
        {onSelect && (
          <Button
            size="small"
            variant="quiet"
            aria-pressed={isSelected}
            aria-label={`Show ${name} on the page`}
            className="-my-1.5 -mr-1.5 text-xs!"
            onClick={() => onSelect(passage)}
          >
            Show on the page
          </Button>
        )}
      </div>
      {segment.isCutBefore && <p className="text-muted text-xs">… begins before</p>}
      <p
        className={classNames(
          "font-serif leading-relaxed [overflow-wrap:anywhere]",
          keepsLines && "whitespace-pre-line",
        )}
      >
        {segment.text}
      </p>
      {segment.isCutAfter && <p className="text-muted text-xs">goes on after …</p>}
      {passage.note !== null && <PassageNote name={name} note={passage.note} />}
      <PassageTerms name={name} terms={passage.terms} />
    </li>
  );
}

function PassageNote({ name, note }: { readonly name: string; readonly note: string }) {
  return (
    <aside
      aria-label={`Written by a model about ${name}`}
      className="mt-2 border-line border-l-2 pl-2.5 text-muted text-xs leading-relaxed"
    >
      <p className="font-medium">Written by a model for the search; not part of the document</p>
      <p className="[overflow-wrap:anywhere]">{note}</p>
    </aside>
  );
}

function PassageTerms({ name, terms }: { readonly name: string; readonly terms: string }) {
  const words = terms.split(" ").filter((term) => term !== "");
  return (
    <details className="mt-1.5 text-xs">
      <summary className="w-fit rounded text-muted hover:text-ink">
        Found by {words.length} terms<span className="sr-only"> of {name}</span>
      </summary>
      <p className="mt-1 font-mono text-muted leading-relaxed [overflow-wrap:anywhere]">{words.join(" ")}</p>
    </details>
  );
}
