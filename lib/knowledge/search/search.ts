import type { Principal } from "../../identity/schema.ts";
import type { SearchFilter } from "../queries/search.ts";
import {
  type SearchRequest,
  type SearchRequestInput,
  type SearchResponse,
  type SearchResult,
  searchRequestSchema,
} from "../schema.ts";
import { type Collected, collectCandidates } from "./collect-candidates.ts";
import { foldDuplicates } from "./fold-duplicates.ts";
import { followNames } from "./follow-names.ts";
import { type RankedPassage, type Ranking, rankPassages } from "./rank-passages.ts";
import { keywordEngine, type SearchContext, type SearchDeps, searchDeps } from "./search-context.ts";
import {
  askedFilter,
  describeFilters,
  documentAskedFor,
  hasRecognised,
  withRecognised,
} from "./search-filters.ts";
import { count, SearchSteps } from "./search-steps.ts";
import { defaultSemanticWeight } from "./semantic-weight.ts";
import { spreadDocuments } from "./spread-documents.ts";
import {
  describeUnderstanding,
  plainQuestion,
  type UnderstoodQuestion,
  understandQuestion,
} from "./understand-question.ts";

/**
 * Searches the passages the principal may read. The question is read by rules (what is quoted, which restrictions and
 * parts it has), searched by words and vectors with all access rules inside the statements, fused, reranked by how its
 * words stand in the passages and titles, and followed through a name where it reaches through one. The trace tells
 * each step.
 *
 * @throws AppError of the embedding model; ZodError when the request does not fit.
 */
export async function search(
  principal: Principal,
  input: SearchRequestInput,
  deps: Partial<SearchDeps> = {},
): Promise<SearchResponse> {
  const startMs = performance.now();
  const request = searchRequestSchema.parse(input);
  const context = await openSearch(principal, request, { ...searchDeps, ...deps }, startMs);
  const found = await searchFiltered(context);
  const { passages, folded } = chooseResults(context, found.ranking.passages);
  const { collected, ranking } = found;
  const [whole] = collected.questions;
  return {
    results: passages.map(toResult),
    trace: {
      query: request.query,
      mode: request.mode,
      keywordEngine: context.engine,
      vectorSpace: collected.vectorSpace,
      semanticWeight: collected.semanticWeight,
      reranker: ranking.reranker,
      candidates: {
        keyword: whole?.found.keyword.length ?? 0,
        semantic: whole?.found.semantic.length ?? 0,
        fused: whole?.fused.length ?? 0,
      },
      timingsMs: context.steps.timings(performance.now() - startMs),
      understanding: describeUnderstanding(
        context.question,
        [...describeFilters(request, context.question, found.isRecognisedApplied), ...found.extraFilters],
        collected.route,
      ),
      steps: context.steps.list(),
      folded,
    },
  };
}

async function openSearch(
  principal: Principal,
  request: SearchRequest,
  deps: SearchDeps,
  startMs: number,
): Promise<SearchContext> {
  const steps = new SearchSteps();
  const read = request.understand ? understandQuestion(request.query) : plainQuestion(request.query);
  const question: UnderstoodQuestion = { ...read, parts: request.parts ?? read.parts };
  steps.since("understand", startMs, summarise(question), {
    question: question.text,
    ...(question.parts.length > 0 ? { parts: [...question.parts] } : {}),
  });
  const serving = await deps.servingModel(principal);
  return {
    principal,
    request,
    deps,
    steps,
    question,
    filter: askedFilter(request),
    serving,
    engine: await keywordEngine(),
    semanticWeight: request.semanticWeight ?? defaultSemanticWeight(serving.space),
  };
}

function summarise({ reasons, parts }: UnderstoodQuestion): string {
  const taken =
    parts.length > 0 ? ` It asks ${count(parts.length, "question")}, searched one by one as well.` : "";
  return `${reasons.join(" ")}${taken}`;
}

interface FilteredSearch {
  readonly collected: Collected;
  readonly ranking: Ranking;
  readonly isRecognisedApplied: boolean;
  readonly extraFilters: ReturnType<typeof describeFilters>;
}

/** Searches with the restrictions of the question; those that leave nothing are dropped, and the trace says so. */
async function searchFiltered(context: SearchContext): Promise<FilteredSearch> {
  const { question, request } = context;
  const isRestricted = hasRecognised(question);
  const narrow = withRecognised(context.filter, question);
  const first = await searchWithin(context, narrow);
  if (isRestricted && first.ranking.passages.length === 0) {
    return { ...(await searchWithin(context, context.filter)), isRecognisedApplied: false, extraFilters: [] };
  }
  const wanted = request.understand
    ? documentAskedFor(question.text, first.ranking.passages.slice(0, 10))
    : undefined;
  if (wanted === undefined || request.documentIds !== undefined) {
    return { ...first, isRecognisedApplied: true, extraFilters: [] };
  }
  return {
    ...(await searchWithin(context, { ...narrow, documentIds: [wanted.documentId] })),
    isRecognisedApplied: true,
    extraFilters: [{ kind: "title", value: wanted.title, origin: "recognised", isApplied: true }],
  };
}

async function searchWithin(
  context: SearchContext,
  filter: SearchFilter,
): Promise<{ collected: Collected; ranking: Ranking }> {
  const collected = await collectCandidates(context, filter);
  const ranking = await rankPassages(context, collected, filter);
  if (!context.request.understand || ranking.reranker === null) return { collected, ranking };
  const passages = await followNames(context, ranking.passages, {
    filter,
    found: collected.questions[0]?.found,
  });
  return { collected, ranking: { ...ranking, passages } };
}

/** Folds near-duplicates, and lets every document of a comparison have its turn. */
function chooseResults({ request, question, steps }: SearchContext, ranked: readonly RankedPassage[]) {
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

function toResult({ terms: _, fused, score, tier: __, matched, ...passage }: RankedPassage): SearchResult {
  return {
    ...passage,
    scores: { keyword: fused.keyword, semantic: fused.semantic, fused: fused.fused, rerank: score },
    matched,
  };
}
