import { placeWords } from "@/components/chat/verdict-words.ts";
import { Badge } from "@/components/ui/badge.tsx";
import type { TracedResult } from "@/lib/evaluation/schema.ts";

const SCORES = [
  ["keyword", "Keyword"],
  ["semantic", "Semantic"],
  ["fused", "Fused"],
  ["rerank", "Rerank"],
] as const;

/** The passages as they were ranked, each with its scores and whether it holds an expected source. */
export function PassageList({ results }: { readonly results: readonly TracedResult[] }) {
  if (results.length === 0) return <p className="text-muted">The search found nothing.</p>;
  return (
    <ol aria-label="Retrieved passages" className="flex flex-col divide-y divide-line border-line border-y">
      {results.map((result) => (
        <li key={result.rank} className="flex gap-3 py-3">
          <span className="w-6 shrink-0 text-right text-muted text-sm tabular-nums">{result.rank}</span>
          <Passage result={result} />
        </li>
      ))}
    </ol>
  );
}

function Passage({ result }: { readonly result: TracedResult }) {
  const { title, page, headingPath, text, scores, covers, isUsed } = result;
  const known = SCORES.flatMap(([name, label]) => {
    const score = scores[name];
    return score === null ? [] : [`${label} ${score.toFixed(3)}`];
  });
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1.5">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <span className="font-medium [overflow-wrap:anywhere]">{placeWords(title, page)}</span>
        {covers.length > 0 ? (
          <Badge tone="good">Relevant: source {covers.map((index) => index + 1).join(", ")}</Badge>
        ) : (
          <Badge>Not relevant</Badge>
        )}
        {!isUsed && <Badge>Not given to the model</Badge>}
      </p>
      {headingPath.length > 0 && <p className="text-muted text-sm">{headingPath.join(" › ")}</p>}
      <p className="text-muted text-xs tabular-nums">{known.join(" · ")}</p>
      <PassageText text={text} />
    </div>
  );
}

/** Longer passages begin with two lines. */
const SHORT_CHARACTERS = 180;

function PassageText({ text }: { readonly text: string }) {
  if (text.length <= SHORT_CHARACTERS) {
    return <p className="font-serif text-muted [overflow-wrap:anywhere]">{text}</p>;
  }
  return (
    <details className="group">
      <summary className="font-serif text-muted marker:content-none">
        <span className="line-clamp-2 group-open:line-clamp-none group-open:whitespace-pre-line [overflow-wrap:anywhere]">
          {text}
        </span>
        <span className="font-sans text-accent text-xs group-open:hidden">Show all</span>
        <span className="hidden font-sans text-accent text-xs group-open:inline">Show less</span>
      </summary>
    </details>
  );
}
