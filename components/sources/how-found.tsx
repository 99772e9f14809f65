"use client";

import { type ReactNode, useState } from "react";
import { type FoundEntry, FoundList } from "@/components/sources/found-list.tsx";
import { filterWords, routeWords } from "@/components/sources/found-words.ts";
import { SearchAgain } from "@/components/sources/search-again.tsx";
import { SearchSteps } from "@/components/sources/search-steps.tsx";
import type { SearchTrace } from "@/lib/knowledge/schema.ts";

export interface HowFoundProps {
  /** The question as it was searched. */
  readonly query: string;
  /** How it came to be searched so, when it is not as the person wrote it. */
  readonly note?: string | undefined;
  readonly trace: SearchTrace;
  readonly found: readonly FoundEntry[];
  /** What the list of `found` is called. */
  readonly foundTitle?: string;
  /** Found, but not used for the answer. */
  readonly dropped?: readonly FoundEntry[];
  /** Searches again with other words; absent where there is a search box of its own. */
  readonly onSearch?: ((query: string) => void) | undefined;
  readonly isBusy?: boolean | undefined;
  /** Rows of the caller's own, as {@link Fact}s. */
  readonly children?: ReactNode;
}

/** "How this was found": how the question was read, each step with its time, and every passage with its scores. */
export function HowFound(props: HowFoundProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details
      className="mt-3 max-w-measure text-sm"
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="w-fit rounded text-muted hover:text-ink">How this was found</summary>
      {isOpen && <FoundDetails {...props} />}
    </details>
  );
}

function FoundDetails(props: HowFoundProps) {
  const { trace, found, foundTitle = "Passages found", dropped = [] } = props;
  const folded = trace.folded ?? [];
  return (
    <section
      aria-label="How this was found"
      className="mt-2 flex flex-col gap-3.5 rounded-lg border border-line bg-sunken p-3.5"
    >
      <SearchAgain query={props.query} note={props.note} onSearch={props.onSearch} isBusy={props.isBusy} />
      <ReadQuestion trace={trace}>{props.children}</ReadQuestion>
      <SearchSteps trace={trace} />
      <FoundList title={foundTitle} entries={found} />
      <FoundList title="Found but not used" entries={dropped} />
      {folded.length > 0 && (
        <section aria-label="Folded into others">
          <h4 className="mb-1 text-muted">Folded into others that say the same</h4>
          <ul>
            {folded.map(({ chunkId, title }) => (
              <li key={chunkId} className="[overflow-wrap:anywhere]">
                {title}
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}

/** How the question was read: the route with its reasons, what was recognised in it, and how it was searched. */
function ReadQuestion({ trace, children }: { readonly trace: SearchTrace; readonly children: ReactNode }) {
  const { understanding } = trace;
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
      <Fact name="Searched">
        {routeWords(trace)} ({trace.keywordEngine} and {trace.vectorSpace}
        {trace.reranker && `, ordered by ${trace.reranker}`})
      </Fact>
      {understanding && (
        <>
          <ListFact name="Because" entries={understanding.reasons} />
          <ListFact name="Filters" entries={understanding.filters.map(filterWords)} />
          <ListFact name="Phrases" entries={understanding.phrases.map((phrase) => `“${phrase}”`)} />
          <ListFact name="Identifiers" entries={understanding.identifiers} />
          <ListFact name="Dates" entries={understanding.dates} />
          <ListFact name="Names" entries={understanding.names} />
          <ListFact name="In parts" entries={understanding.parts} />
        </>
      )}
      {children}
    </dl>
  );
}

/** A row of the list of facts about a search. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </>
  );
}

function ListFact({ name, entries }: { readonly name: string; readonly entries: readonly string[] }) {
  if (entries.length === 0) return null;
  return (
    <Fact name={name}>
      <ul>
        {entries.map((entry) => (
          <li key={entry}>{entry}</li>
        ))}
      </ul>
    </Fact>
  );
}
