import { placeWords } from "@/components/chat/verdict-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { ItemTrace } from "@/lib/evaluation/schema.ts";

/** The reference answer and the sources that should be found, with what became of each. */
export function ExpectedList({ trace }: { readonly trace: ItemTrace }) {
  const { item, outcome } = trace;
  return (
    <div className="flex flex-col gap-4">
      {item.answer !== null && <p className="prose-reading max-w-measure">{item.answer}</p>}
      {!item.answerable && (
        <p className="text-muted">The documents do not hold the answer: saying so is right.</p>
      )}
      {item.expectedSources.length > 0 && (
        <ol aria-label="Expected sources" className="flex flex-col gap-3">
          {item.expectedSources.map((source, index) => {
            const found = outcome?.results.find((result) => result.covers.includes(index));
            const isCited = outcome?.citations.some((citation) => citation.covers.includes(index)) ?? false;
            return (
              <li key={`${source.document} ${source.quote}`} className="border-line border-l-2 pl-3">
                <p className="flex flex-wrap items-center gap-2 text-sm">
                  <span className="font-medium [overflow-wrap:anywhere]">
                    {index + 1}. {placeWords(source.document, source.page)}
                  </span>
                  <Badge tone={found === undefined ? "warn" : "good"}>
                    {found === undefined ? "Not among the passages" : `Found at rank ${found.rank}`}
                  </Badge>
                  <Badge tone={isCited ? "good" : "warn"}>{isCited ? "Cited" : "Not cited"}</Badge>
                </p>
                <p className="mt-1 max-w-measure font-serif text-muted">“{source.quote}”</p>
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
}
