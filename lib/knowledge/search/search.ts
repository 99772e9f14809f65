import type { Principal } from "../../identity/schema.ts";
import type { SearchFilter } from "../queries/search.ts";
import {
  type SearchRequest,
  type SearchRequestInput,
  type SearchResponse,
  searchRequestSchema,
} from "../schema.ts";
import { type Collected, collectCandidates } from "./collect-candidates.ts";
import { followNames } from "./follow-names.ts";
import { PassageReader } from "./passage-reader.ts";
import { type Ranking, rankPassages } from "./rank-passages.ts";
import { readResults } from "./read-results.ts";
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
  const { collected, ranking, reader } = found;
  const { results, folded } = await readResults(context, ranking.passages, reader);
  const [whole] = collected.questions;
  return {
    results,
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

interface SearchedWithin {
  readonly collected: Collected;
  readonly ranking: Ranking;
  readonly reader: PassageReader;
}

interface FilteredSearch extends SearchedWithin {
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

async function searchWithin(context: SearchContext, filter: SearchFilter): Promise<SearchedWithin> {
  const collected = await collectCandidates(context, filter);
  const reader = new PassageReader(context.principal, filter, context.steps);
  const ranking = await rankPassages(context, collected, reader);
  if (!context.request.understand || ranking.reranker === null) return { collected, ranking, reader };
  const found = collected.questions[0]?.found;
  const passages = await followNames(context, ranking.passages, { filter, found, reader });
  return { collected, ranking: { ...ranking, passages }, reader };
}
