"use client";

import { memo, useMemo } from "react";
import { AnswerActions } from "@/components/chat/answer-actions.tsx";
import { AnswerState } from "@/components/chat/answer-state.tsx";
import { AnswerText } from "@/components/chat/answer-text.tsx";
import { EvidenceProvider } from "@/components/chat/evidence-context.ts";
import { NotFoundBox } from "@/components/chat/not-found-box.tsx";
import { OutdatedNotice } from "@/components/chat/outdated-notice.tsx";
import { RetrievalDetails } from "@/components/chat/retrieval-details.tsx";
import { SourceList } from "@/components/chat/source-list.tsx";
import { Thoughts } from "@/components/chat/thoughts.tsx";
import { useSmoothText } from "@/components/chat/use-smooth-text.ts";
import {
  citationsOf,
  generationOf,
  lastData,
  messageText,
  sourcesOf,
  thoughtsOf,
  type VouchMessage,
} from "@/components/chat/vouch-message.ts";
import type { SourceTarget } from "@/components/sources/source-target.ts";
import type { GenerationState, OutdatedCitation, RetrievalData } from "@/lib/chat/schema.ts";

export interface AssistantMessageProps {
  readonly message: VouchMessage;
  /** True while this very answer is being written. */
  readonly isLive: boolean;
  /** True while any answer of the conversation is being written. */
  readonly isBusy: boolean;
  readonly siblings: readonly string[];
  /** Its citations that no longer hold. */
  readonly outdated: readonly OutdatedCitation[];
  readonly onRegenerate: (id: string) => void;
  /** Writes another answer beside this one, from a search with other words. */
  readonly onSearchAgain: (id: string, query: string) => void;
  readonly onShowSibling: (id: string) => void;
  readonly onOpenSource: (target: SourceTarget, opener: HTMLElement) => void;
}

/** One answer with its evidence. */
export const AssistantMessage = memo(function AssistantMessage(props: AssistantMessageProps) {
  const { message, isLive, isBusy, outdated, onOpenSource } = props;
  const text = messageText(message);
  const thoughts = thoughtsOf(message);
  const shownText = useSmoothText(text, isLive);
  const citations = useMemo(() => citationsOf(message), [message]);
  const sources = useMemo(() => sourcesOf(message), [message]);
  const retrieval = lastData(message, "retrieval");
  const check = lastData(message, "check");
  const state = shownState(generationOf(message)?.state, isLive);
  const evidence = useMemo(
    () => ({
      citationByMarker: new Map(citations.map((citation) => [citation.marker, citation])),
      outdatedMarkers: new Set(outdated.map(({ marker }) => marker)),
      openSource: onOpenSource,
    }),
    [citations, outdated, onOpenSource],
  );
  const regenerate = () => props.onRegenerate(message.id);

  return (
    <EvidenceProvider value={evidence}>
      <article aria-label="Answer" aria-busy={isLive}>
        {retrieval && <SearchedFor retrieval={retrieval} />}
        {thoughts && <Thoughts thoughts={thoughts} isThinking={isLive && text === ""} />}
        {text !== "" && (
          <AnswerText
            text={shownText}
            markers={citations.map((citation) => citation.marker)}
            sentences={isLive ? [] : (check?.sentences ?? [])}
          />
        )}
        <AnswerState
          state={state}
          generation={generationOf(message)}
          hasText={text !== ""}
          hasThoughts={thoughts !== undefined}
          onRetry={isBusy ? undefined : regenerate}
        />
        {!isLive && (
          <>
            {check?.isNotFound && <NotFoundBox retrieval={retrieval} sources={sources} />}
            <OutdatedNotice
              outdated={outdated}
              citations={citations}
              onAskAgain={regenerate}
              isBusy={isBusy}
            />
            <SourceList citations={citations} />
            {retrieval && (
              <RetrievalDetails
                retrieval={retrieval}
                sources={sources}
                usage={lastData(message, "usage")}
                onSearch={(query) => props.onSearchAgain(message.id, query)}
                isBusy={isBusy}
              />
            )}
            <AnswerActions
              messageId={message.id}
              text={text}
              siblings={props.siblings}
              isBusy={isBusy}
              onRegenerate={regenerate}
              onShowSibling={props.onShowSibling}
            />
          </>
        )}
      </article>
    </EvidenceProvider>
  );
});

/** A question that was not searched as it was written is shown as it was. */
function SearchedFor({ retrieval }: { readonly retrieval: RetrievalData }) {
  if (!retrieval.isRewritten) return null;
  // No paragraph: those hold the answer itself.
  return (
    <div className="mb-2.5 text-muted text-sm [overflow-wrap:anywhere]">
      Searched for “{retrieval.searchedQuestion}”
    </div>
  );
}

/** An answer that claims to be running while nothing runs broke off. */
function shownState(stored: GenerationState | undefined, isLive: boolean): GenerationState {
  if (isLive) return stored === "queued" ? "queued" : "streaming";
  if (stored === "queued" || stored === "streaming") return "interrupted";
  return stored ?? "complete";
}
