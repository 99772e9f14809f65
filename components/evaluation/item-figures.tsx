import { formatFigure, formatMs } from "@/components/evaluation/format-figure.ts";
import { type ItemScores, type ItemTrace, TOTALS } from "@/lib/evaluation/schema.ts";

function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <dl className="grid grid-cols-1 gap-x-8 border-line border-t text-sm sm:grid-cols-2">
      {facts.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 border-line border-b py-2">
          <dt className="text-muted">{name}</dt>
          <dd className="text-right tabular-nums [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The question's own figures, by the names the totals carry. */
export function ItemFigures({ scores }: { readonly scores: ItemScores }) {
  const facts = TOTALS.flatMap(({ of, unit, label }) => {
    const value = scores[of];
    return unit === "ms" || value === undefined ? [] : [[label, formatFigure(value, unit)] as const];
  });
  return <Facts facts={facts} />;
}

/** How the question was searched and what took how long. */
export function ItemTimings({ outcome }: { readonly outcome: NonNullable<ItemTrace["outcome"]> }) {
  const { timingsMs, search, usage, searchedQuestion } = outcome;
  const { candidates } = search;
  return (
    <Facts
      facts={[
        ["Search", formatMs(timingsMs.retrieval)],
        ...Object.entries(search.timingsMs).map(([step, ms]) => [`Search: ${step}`, formatMs(ms)] as const),
        ["First text", timingsMs.firstText === null ? "no text" : formatMs(timingsMs.firstText)],
        ["Whole answer", formatMs(timingsMs.total)],
        ["Searched as", searchedQuestion],
        ["Candidates", `${candidates.keyword} by words, ${candidates.semantic} by meaning`],
        ["Semantic weight", search.semanticWeight.toFixed(2)],
        ["Keyword engine", search.keywordEngine],
        ["Embedder", search.vectorSpace],
        ["Reranker", search.reranker ?? "none"],
        ["Model", usage.model],
      ]}
    />
  );
}
