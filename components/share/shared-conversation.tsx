"use client";

import { useMemo } from "react";
import { AnswerText } from "@/components/chat/answer-text.tsx";
import { VerdictBadge } from "@/components/chat/verdict-badge.tsx";
import { placeWords } from "@/components/chat/verdict-words.ts";
import { FootnoteProvider } from "@/components/share/footnote-context.ts";
import { Wordmark } from "@/components/shell/wordmark.tsx";
import { Notice } from "@/components/ui/notice.tsx";
import type { ShareSnapshot } from "@/lib/chat/schema.ts";

/** A shared conversation as anyone with the link reads it: text, and the cited words as footnotes. */
export function SharedConversation({ snapshot }: { readonly snapshot: ShareSnapshot }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-(--container-measure) flex-col px-5 py-8 sm:py-12">
      <main className="flex flex-1 flex-col gap-8">
        <header className="border-line border-b pb-5">
          <h1 className="font-medium font-serif text-3xl leading-tight tracking-tight">{snapshot.title}</h1>
          <p className="mt-2 text-muted text-sm">
            Shared on <time dateTime={snapshot.sharedAt}>{snapshot.sharedAt.slice(0, 10)}</time>. A copy of
            the conversation as it was then.
          </p>
        </header>
        {snapshot.messages.map((message, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished record whose messages carry no ids on purpose.
          <SharedMessage key={index} message={message} prefix={`note-${index + 1}`} />
        ))}
      </main>
      <footer className="mt-12 flex items-center justify-between gap-4 border-line border-t pt-4 text-muted text-sm">
        <Wordmark />
        <p>Answers that show their evidence</p>
      </footer>
    </div>
  );
}

interface SharedMessageProps {
  readonly message: ShareSnapshot["messages"][number];
  /** Start of the footnotes' ids on this page. */
  readonly prefix: string;
}

function SharedMessage({ message, prefix }: SharedMessageProps) {
  const { citations, unsupported } = message;
  const sentences = useMemo(
    () => unsupported.map((range) => ({ ...range, verdict: "unsupported" as const, markers: [] })),
    [unsupported],
  );
  const footnotes = useMemo(
    () => ({
      prefix,
      places: new Map(
        citations.map((citation) => [citation.marker, placeWords(citation.title, citation.page)]),
      ),
    }),
    [prefix, citations],
  );
  if (message.role === "user") {
    return (
      <article aria-label="Question">
        <p className="whitespace-pre-wrap rounded-2xl rounded-br-md bg-hover px-4 py-2.5 [overflow-wrap:anywhere]">
          {message.text}
        </p>
      </article>
    );
  }
  if (message.isWithheld) {
    return (
      <article aria-label="Answer">
        <Notice>
          This answer quotes a document that was deleted, or that the person who shared this may no longer
          open. It is not shown.
        </Notice>
      </article>
    );
  }
  return (
    <FootnoteProvider value={footnotes}>
      <article aria-label="Answer">
        <AnswerText
          text={message.text}
          markers={citations.map((citation) => citation.marker)}
          sentences={sentences}
        />
        {citations.length > 0 && <Footnotes citations={citations} prefix={prefix} />}
      </article>
    </FootnoteProvider>
  );
}

interface FootnotesProps {
  readonly citations: ShareSnapshot["messages"][number]["citations"];
  readonly prefix: string;
}

function Footnotes({ citations, prefix }: FootnotesProps) {
  return (
    <section aria-label="Sources" className="mt-5 border-line border-t pt-3">
      <h2 className="mb-2 font-medium text-muted text-sm">Sources</h2>
      <ol className="flex flex-col gap-3">
        {citations.map((citation) => (
          <li
            key={citation.marker}
            id={`${prefix}-${citation.marker}`}
            tabIndex={-1}
            className="flex gap-2.5 rounded-md text-sm outline-none target:bg-accent-soft"
          >
            <span className="mt-0.5 h-fit min-w-5 rounded bg-accent-soft px-1 text-center font-semibold text-accent text-xs leading-5 tabular-nums">
              {citation.marker}
            </span>
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-2">
                {placeWords(citation.title, citation.page)}
                {citation.verdict !== "supported" && <VerdictBadge verdict={citation.verdict} />}
              </p>
              {citation.quote !== null && (
                <blockquote className="mt-1 border-line border-l-2 pl-3 font-serif text-base text-muted leading-snug">
                  {citation.quote}
                </blockquote>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
