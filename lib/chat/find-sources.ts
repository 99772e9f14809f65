import type { Principal } from "../identity/schema.ts";
import type { SearchResult } from "../knowledge/schema.ts";
import { newId } from "../shared/ids.ts";
import type { AnswerChunk, AnswerDeps, AnswerInput, AnswerOutcome } from "./answer-contract.ts";
import type { StandaloneQuestion } from "./rewrite-question.ts";
import type { RetrievalData, SourceData } from "./schema.ts";

/** Passages looked at beside those given to the model; the rest are shown as dropped. */
const CANDIDATES = 20;

/** The searched question is cut here; the search takes no longer one. */
const QUERY_LENGTH_MAX = 2000;

/**
 * Characters of all sources of a prompt together, about 5,000 tokens: what stands around the found passages is read as
 * far as it fits.
 */
const SOURCES_LENGTH_MAX = 20_000;

/** Searches, numbers what the model is given and shows how it was found. */
export async function* findSources(
  principal: Principal,
  input: AnswerInput & { readonly standalone: StandaloneQuestion },
  outcome: AnswerOutcome,
  deps: Pick<AnswerDeps, "search" | "expandPassages" | "nowMs">,
  signal: AbortSignal,
): AsyncGenerator<AnswerChunk> {
  const { configuration, standalone } = input;
  const { results, trace } = await deps.search(
    principal,
    {
      query: standalone.question.slice(0, QUERY_LENGTH_MAX),
      collectionIds: [...input.collectionIds],
      mode: configuration.mode,
      rerank: configuration.rerank,
      limit: Math.max(CANDIDATES, configuration.passages),
      ...(configuration.semanticWeight === undefined ? {} : { semanticWeight: configuration.semanticWeight }),
    },
    signal,
  );
  outcome.results = results;
  const used = results.slice(0, configuration.passages);
  const startMs = deps.nowMs();
  const read = await deps.expandPassages(principal, used, SOURCES_LENGTH_MAX);
  signal.throwIfAborted();
  outcome.sources = read.map(({ passage }, index) => toSource(passage, index));
  outcome.retrieval = {
    question: input.question,
    searchedQuestion: standalone.question,
    isRewritten: standalone.isRewritten,
    ...(input.searchedQuestion === undefined ? {} : { isEdited: true }),
    found: results.length,
    used: used.length,
    dropped: results.slice(configuration.passages).map(toDropped),
    trace,
    expansion: {
      expanded: read.filter(({ isExpanded }) => isExpanded).length,
      joined: read.reduce((sum, { joined }) => sum + joined, 0),
      milliseconds: Math.round((deps.nowMs() - startMs) * 100) / 100,
    },
  };
  yield { type: "data-retrieval", id: "retrieval", data: outcome.retrieval };
  for (const source of outcome.sources) yield { type: "data-source", id: source.id, data: source };
}

function finalScore({ scores }: SearchResult): number {
  return scores.rerank ?? scores.fused;
}

function toDropped(result: SearchResult): RetrievalData["dropped"][number] {
  const { title, page, scores, matched } = result;
  return { title, page, score: finalScore(result), scores, ...(matched === undefined ? {} : { matched }) };
}

function toSource(result: SearchResult, index: number): SourceData {
  return {
    id: newId(),
    number: index + 1,
    documentId: result.documentId,
    versionId: result.versionId,
    title: result.title,
    mediaType: result.mediaType,
    headingPath: result.headingPath,
    page: result.page,
    start: result.start,
    end: result.end,
    text: result.text,
    score: finalScore(result),
    scores: result.scores,
    ...(result.matched === undefined ? {} : { matched: result.matched }),
  };
}
