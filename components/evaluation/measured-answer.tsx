"use client";

import { useId, useMemo } from "react";
import { AnswerText } from "@/components/chat/answer-text.tsx";
import { type Evidence, EvidenceProvider } from "@/components/chat/evidence-context.ts";
import { VerdictBadge } from "@/components/chat/verdict-badge.tsx";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { ItemTrace, TracedCitation } from "@/lib/evaluation/schema.ts";

export interface MeasuredAnswerProps {
  readonly answer: string;
  readonly outcome: NonNullable<ItemTrace["outcome"]>;
  readonly hasExpectedSources: boolean;
}

/** The answer as a person would have read it; a number leads to its citation below. */
export function MeasuredAnswer({ answer, outcome, hasExpectedSources }: MeasuredAnswerProps) {
  const listId = useId();
  const { citations, check } = outcome;
  const evidence = useMemo<Evidence>(
    () => ({
      citationByMarker: new Map(citations.map((citation) => [citation.marker, citation])),
      // A measurement shows what stood when it ran.
      outdatedMarkers: new Set(),
      openSource: (target) => document.getElementById(`${listId}-${target.marker}`)?.focus(),
    }),
    [citations, listId],
  );
  return (
    <EvidenceProvider value={evidence}>
      <div className="flex flex-col gap-4">
        <div className="max-w-measure">
          <AnswerText
            text={answer}
            markers={citations.map((citation) => citation.marker)}
            sentences={check.sentences}
          />
        </div>
        {citations.length === 0 ? (
          <p className="text-muted text-sm">The answer cites nothing.</p>
        ) : (
          <ol aria-label="Citations" className="flex flex-col gap-3">
            {citations.map((citation) => (
              <li
                key={citation.marker}
                id={`${listId}-${citation.marker}`}
                tabIndex={-1}
                className="rounded-md border-line border-l-2 pl-3"
              >
                <CitationLines citation={citation} hasExpectedSources={hasExpectedSources} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </EvidenceProvider>
  );
}

interface CitationLinesProps {
  readonly citation: TracedCitation;
  readonly hasExpectedSources: boolean;
}

function CitationLines({ citation, hasExpectedSources }: CitationLinesProps) {
  const { marker, title, page, quote, verdict, isValid, covers } = citation;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <span className="font-medium [overflow-wrap:anywhere]">
          [{marker}] {placeWords(title, page)}
        </span>
        <Badge tone={isValid ? "good" : "danger"}>
          {isValid ? "Quote is exact" : "Quote is not in the text"}
        </Badge>
        <VerdictBadge verdict={verdict} />
        {hasExpectedSources && (
          <Badge tone={covers.length > 0 ? "good" : "neutral"}>
            {covers.length > 0
              ? `Expected source ${covers.map((index) => index + 1).join(", ")}`
              : "Not an expected source"}
          </Badge>
        )}
      </p>
      <p className="mt-1 max-w-measure font-serif text-muted">“{quote}”</p>
    </>
  );
}
