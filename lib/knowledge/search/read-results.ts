import type { SearchResponse, SearchResult } from "../schema.ts";
import { foldDuplicates } from "./fold-duplicates.ts";
import type { PassageReader } from "./passage-reader.ts";
import type { RankedPassage } from "./rank-passages.ts";
import type { SearchContext } from "./search-context.ts";
import { count } from "./search-steps.ts";
import { spreadDocuments } from "./spread-documents.ts";

/** What {@link readResults} needs of a search. */
type ResultsContext = Pick<SearchContext, "request" | "question" | "steps" | "deps">;

/** Reads what is to be shown. What went since it was ranked makes room for the next. */
export async function readResults(
  context: ResultsContext,
  ranked: readonly RankedPassage[],
  reader: PassageReader,
): Promise<{ results: SearchResult[]; folded: SearchResponse["trace"]["folded"] }> {
  const { passages, folded } = chooseResults(context, ranked);
  await reader.read(passages.map(({ chunkId }) => chunkId));
  context.deps.signal?.throwIfAborted();
  const gone = new Set(passages.filter(({ chunkId }) => reader.get(chunkId) === undefined));
  if (gone.size > 0) {
    const left = ranked.filter((passage) => !gone.has(passage));
    return readResults(context, left, reader);
  }
  return { results: passages.flatMap((passage) => toResult(passage, reader)), folded };
}

/** Folds near-duplicates, and lets every document of a comparison have its turn. */
function chooseResults({ request, question, steps }: ResultsContext, ranked: readonly RankedPassage[]) {
  const startMs = performance.now();
  const isSpread = question.isComparison && request.rerank;
  const spread = isSpread ? spreadDocuments(ranked) : ranked;
  if (isSpread)
    steps.since("diversify", startMs, "It compares: at most two passages of a document come first.");
  const foldMs = performance.now();
  const { kept, folded } = foldDuplicates(spread, request.limit);
  if (folded.length > 0) {
    steps.since(
      "fold",
      foldMs,
      `${count(folded.length, "passage")} left out: almost the same as a better one.`,
      {
        titles: folded.map(({ passage }) => passage.title),
      },
    );
  }
  return {
    passages: kept,
    folded: folded.map(({ passage, into }) => ({
      chunkId: passage.chunkId,
      documentId: passage.documentId,
      title: passage.title,
      intoChunkId: into.chunkId,
    })),
  };
}

function toResult({ chunkId, fused, score, matched }: RankedPassage, reader: PassageReader): SearchResult[] {
  const read = reader.get(chunkId);
  if (read === undefined) return [];
  const { searchTerms: _, ...passage } = read;
  const scores = { keyword: fused.keyword, semantic: fused.semantic, fused: fused.fused, rerank: score };
  return [{ ...passage, scores, matched }];
}
