"use client";

import { useIsHydrated } from "@/components/ui/use-is-hydrated.ts";

export interface EmptyStateProps {
  readonly suggestions: readonly string[];
  readonly onAsk: (question: string) => void;
}

/** A conversation that has not begun: what this is, what one could ask, how to bring own documents. */
export function EmptyState({ suggestions, onAsk }: EmptyStateProps) {
  const isHydrated = useIsHydrated();
  return (
    <section aria-labelledby="empty-title" className="flex flex-col gap-6 py-6 sm:pt-[8vh]">
      <div className="flex flex-col gap-2">
        <h1 id="empty-title" className="font-medium font-serif text-3xl leading-tight tracking-tight">
          Answers that show their evidence
        </h1>
        <p className="max-w-prose text-muted">
          Ask about your documents. Every claim carries a number; the number opens the exact words on the page
          where they stand.
        </p>
      </div>
      {suggestions.length > 0 && (
        <div>
          <h2 className="mb-1.5 text-muted text-sm">Try one of these</h2>
          <ul aria-label="Suggested questions" className="flex flex-col border-line border-t">
            {suggestions.map((question) => (
              <li key={question}>
                <button
                  type="button"
                  disabled={!isHydrated}
                  onClick={() => onAsk(question)}
                  className="w-full border-line border-b py-3 text-left font-serif text-lg leading-snug hover:border-accent hover:text-accent"
                >
                  {question}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="text-muted text-sm">
        Drop PDF, office, web or text files anywhere on this window to add them.
      </p>
    </section>
  );
}
