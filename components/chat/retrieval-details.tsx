import type { ReactNode } from "react";
import { placeWords } from "@/components/chat/verdict-words.ts";
import type { RetrievalData, SourceData, UsageData } from "@/lib/chat/schema.ts";

export interface RetrievalDetailsProps {
  readonly retrieval: RetrievalData;
  readonly sources: readonly SourceData[];
  readonly usage: UsageData | undefined;
}

/** "How this was found": what was searched, what came up with which score, what was left out, how long it took. */
export function RetrievalDetails({ retrieval, sources, usage }: RetrievalDetailsProps) {
  const { trace } = retrieval;
  return (
    <details className="mt-3 text-sm">
      <summary className="w-fit rounded text-muted hover:text-ink">How this was found</summary>
      <div className="mt-2 flex flex-col gap-3 rounded-lg border border-line bg-sunken p-3.5">
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
          <Row name="Searched for">
            {retrieval.searchedQuestion}
            {retrieval.isRewritten && <span className="text-muted"> (rewritten to stand alone)</span>}
          </Row>
          <Row name="Search">
            {trace.mode}, {trace.keywordEngine} and {trace.vectorSpace}
            {trace.reranker && `, reranked by ${trace.reranker}`}
          </Row>
          <Row name="Passages">
            {retrieval.found} found, {retrieval.used} given to the model
          </Row>
          <Row name="Search time">{timingWords(trace.timingsMs)}</Row>
          {usage && <Row name="Answer time">{answerTimeWords(usage)}</Row>}
          {usage && <Row name="Model">{modelWords(usage)}</Row>}
          {usage?.upstream && <Row name="Served by">{upstreamWords(usage)}</Row>}
        </dl>
        <ScoreList title="Passages used" entries={sources} />
        <ScoreList title="Found but not used" entries={retrieval.dropped} />
      </div>
    </details>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

interface ScoredPassage {
  readonly title: string;
  readonly page: number | null;
  readonly score: number;
}

function ScoreList({
  title,
  entries,
}: {
  readonly title: string;
  readonly entries: readonly ScoredPassage[];
}) {
  if (entries.length === 0) return null;
  return (
    <div>
      <h4 className="mb-1 text-muted">{title}</h4>
      <ol className="flex flex-col gap-0.5">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished list; two passages may share title, page and score.
          <li key={index} className="flex justify-between gap-4">
            <span className="min-w-0 truncate">{placeWords(entry.title, entry.page)}</span>
            <span className="tabular-nums">{entry.score.toFixed(2)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function milliseconds(valueMs: number): string {
  return valueMs < 1000 ? `${Math.round(valueMs)} ms` : `${(valueMs / 1000).toFixed(1)} s`;
}

function timingWords(timingsMs: Readonly<Record<string, number>>): string {
  return Object.entries(timingsMs)
    .map(([step, valueMs]) => `${step} ${milliseconds(valueMs)}`)
    .join(", ");
}

function answerTimeWords(usage: UsageData): string {
  const first = usage.firstTextMs === null ? "" : `first words after ${milliseconds(usage.firstTextMs)}, `;
  return `${first}${milliseconds(usage.totalMs)} in all`;
}

function modelWords(usage: UsageData): string {
  const kind = usage.isBuiltin ? " (built in: quotes sentences, writes nothing of its own)" : "";
  const tokens =
    usage.promptTokens === null || usage.completionTokens === null
      ? ""
      : `, ${usage.promptTokens} + ${usage.completionTokens} tokens`;
  return `${usage.model}${kind}${tokens}, ${costWords(usage)}`;
}

/** A price nobody entered is unknown, which is not the same as nothing. */
function costWords({ costMicros }: UsageData): string {
  if (costMicros === null) return "cost unknown";
  if (costMicros === 0) return "no cost";
  // In the currency of the operator's price table, which has no name here.
  const cost = costMicros / 1_000_000;
  return cost < 0.0001 ? "cost below 0.0001" : `cost ${cost.toFixed(4)}`;
}

function upstreamWords({ upstream, attempts = 1 }: UsageData): string {
  return `${upstream}${attempts > 1 ? `, ${attempts} calls in all` : ""}`;
}
