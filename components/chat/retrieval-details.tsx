import { milliseconds } from "@/components/sources/found-words.ts";
import { Fact, HowFound } from "@/components/sources/how-found.tsx";
import type { RetrievalData, SourceData, UsageData } from "@/lib/chat/schema.ts";

export interface RetrievalDetailsProps {
  readonly retrieval: RetrievalData;
  readonly sources: readonly SourceData[];
  readonly usage: UsageData | undefined;
  /** Writes another answer from a search with these words. */
  readonly onSearch: (query: string) => void;
  readonly isBusy: boolean;
}

/** "How this was found" under an answer: the search, and what the answer took. */
export function RetrievalDetails({ retrieval, sources, usage, onSearch, isBusy }: RetrievalDetailsProps) {
  const { expansion } = retrieval;
  return (
    <HowFound
      query={retrieval.searchedQuestion}
      note={noteOf(retrieval)}
      trace={retrieval.trace}
      found={sources}
      foundTitle="Passages used"
      dropped={retrieval.dropped}
      onSearch={onSearch}
      isBusy={isBusy}
    >
      <Fact name="Passages">
        {retrieval.found} found, {retrieval.used} given to the model
        {expansion && expansion.expanded > 0 && `, ${expansion.expanded} with what stands around them`}
        {expansion && expansion.joined > 0 && `, ${expansion.joined} joined with a neighbour`}
      </Fact>
      {usage && <Fact name="Answer time">{answerTimeWords(usage)}</Fact>}
      {usage && <Fact name="Model">{modelWords(usage)}</Fact>}
      {usage?.upstream && <Fact name="Served by">{upstreamWords(usage)}</Fact>}
    </HowFound>
  );
}

function noteOf({ isEdited, isRewritten }: RetrievalData): string | undefined {
  if (isEdited) return "as edited";
  return isRewritten ? "rewritten to stand alone" : undefined;
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
