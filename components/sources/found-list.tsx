import { placeWords } from "@/components/chat/verdict-words.ts";
import { matchWords, scoreWords } from "@/components/sources/found-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { SearchResult } from "@/lib/knowledge/schema.ts";

/** A found passage as the lists show it. */
export interface FoundEntry {
  readonly title: string;
  readonly page: number | null;
  /** The score that decided its rank. */
  readonly score: number;
  /** Absent in answers of earlier versions. */
  readonly scores?: SearchResult["scores"] | undefined;
  readonly matched?: SearchResult["matched"] | undefined;
}

export interface FoundListProps {
  readonly title: string;
  readonly entries: readonly FoundEntry[];
}

/** Passages with their scores, best first; nothing for an empty list. */
export function FoundList({ title, entries }: FoundListProps) {
  if (entries.length === 0) return null;
  return (
    <section aria-label={title}>
      <h4 className="mb-1 text-muted">{title}</h4>
      <ol className="flex flex-col gap-1">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished list; two passages may share title, page and score.
          <li key={index}>
            <p className="flex justify-between gap-4">
              <span className="min-w-0 [overflow-wrap:anywhere]">{placeWords(entry.title, entry.page)}</span>
              <span className="tabular-nums">{entry.score.toFixed(2)}</span>
            </p>
            {(entry.scores || entry.matched?.length) && (
              <p className="flex flex-wrap items-center gap-x-1.5 gap-y-0.5 text-muted text-xs">
                {entry.scores &&
                  scoreWords(entry.scores).map((score) => (
                    <span key={score} className="whitespace-nowrap not-first:before:content-['·_']">
                      {score}
                    </span>
                  ))}
                {entry.matched?.map((match) => (
                  <Badge key={match} tone="accent">
                    {matchWords(match)}
                  </Badge>
                ))}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
