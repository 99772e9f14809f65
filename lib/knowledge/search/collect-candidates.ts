import { type Candidate, type FoundCandidates, findCandidatesOfAll } from "../queries/find-candidates.ts";
import type { SearchFilter } from "../queries/search.ts";
import { type FusedCandidate, fuseCandidates } from "./fuse-candidates.ts";
import { type QuestionTerms, readQuestionTerms } from "./question-terms.ts";
import { isIndexed, type SearchContext } from "./search-context.ts";
import { count, roundScore } from "./search-steps.ts";
import type { ExactWish } from "./understand-question.ts";

/** How many passages each leg gives to the fusion. */
const CANDIDATES = 100;

/** One question as it was searched: the whole one, or a part of it. */
export interface SearchedQuestion {
  readonly text: string;
  readonly terms: QuestionTerms;
  readonly found: FoundCandidates;
  readonly fused: readonly FusedCandidate[];
}

/** The questions searched, the whole one first, and the legs that took part. */
export interface Collected {
  readonly questions: readonly SearchedQuestion[];
  readonly vectorSpace: string;
  readonly route: "hybrid" | "keyword" | "semantic";
  readonly semanticWeight: number;
}

interface Embedded {
  readonly vectors: readonly Float32Array[];
  readonly space: string;
  readonly dimensions: number;
}

async function embedQuestions(context: SearchContext, texts: readonly string[]): Promise<Embedded> {
  const { deps, principal, serving, steps } = context;
  const startMs = performance.now();
  const embedded = await deps.embedTexts(texts, {
    signal: deps.signal,
    principal,
    model: serving.model,
    purpose: "query",
  });
  steps.since(
    "embed",
    startMs,
    `${count(texts.length, "question")} as ${texts.length === 1 ? "a vector" : "vectors"} in ${embedded.space}.`,
    {
      space: embedded.space,
      dimensions: embedded.dimensions,
    },
  );
  deps.signal?.throwIfAborted();
  return embedded;
}

interface Legs {
  readonly hasKeywords: boolean;
  readonly embedded: Embedded | null;
  readonly filter: SearchFilter;
}

/** Searches each text by the legs; the first one, the whole question, also by what it wants word for word. */
async function searchTexts(
  context: SearchContext,
  texts: readonly string[],
  { hasKeywords, embedded, filter }: Legs,
): Promise<SearchedQuestion[]> {
  const { principal, request, question } = context;
  const space = { name: embedded?.space ?? "", dimensions: embedded?.dimensions ?? 0 };
  const asked = texts.map((text, index) => {
    const terms = readQuestionTerms(text);
    return {
      text,
      terms,
      keywords: hasKeywords && terms.terms.length > 0 ? terms.terms.join(" ") : null,
      // What stands somewhere word for word is wanted however common its words are.
      phrases: index === 0 && hasKeywords ? exactRuns(question.wishes) : [],
      vector: embedded?.vectors[index] ?? null,
    };
  });
  const settings = {
    filter,
    limit: Math.max(CANDIDATES, request.limit),
    keywordEngine: context.engine,
    space,
    hasVectorIndex: embedded !== null && (await isIndexed(space)),
  };
  const all = await findCandidatesOfAll(principal, settings, asked);
  return all.map((found, index) => {
    const { text = "", terms = readQuestionTerms("") } = asked[index] ?? {};
    const searched = { text, terms, found, fused: [] };
    noteLegs(context, searched, index, { hasKeywords, space: embedded?.space ?? null });
    return searched;
  });
}

function noteLegs(
  { steps, engine }: SearchContext,
  { text, terms, found }: SearchedQuestion,
  index: number,
  { hasKeywords, space }: { readonly hasKeywords: boolean; readonly space: string | null },
): void {
  const of = index === 0 ? "" : ` for “${text}”`;
  if (hasKeywords) {
    const detail = {
      engine,
      scan: found.keywordScan ?? "none",
      terms: [...terms.terms],
      ...rangeOf(found.keyword),
    };
    const summary = `${count(found.keyword.length, "passage")} by words${of}.`;
    steps.lasting("keyword", found.timingsMs.keyword, summary, detail);
  }
  if (space !== null) {
    const detail = { space, scan: found.vectorScan ?? "none", ...rangeOf(found.semantic) };
    const summary = `${count(found.semantic.length, "passage")} by similarity${of}.`;
    steps.lasting("semantic", found.timingsMs.semantic, summary, detail);
  }
}

/** Runs of terms that passages are asked for whatever their rank. */
function exactRuns(wishes: readonly ExactWish[]): string[] {
  return wishes.filter(({ kind }) => kind !== "date").map(({ terms }) => terms.join(" "));
}

function rangeOf(candidates: readonly Candidate[]): { best?: number; last?: number } {
  const [first, last] = [candidates[0], candidates.at(-1)];
  if (first === undefined || last === undefined) return {};
  return { best: roundScore(first.score), last: roundScore(last.score) };
}

/**
 * Searches the question and its parts by the legs of its route. Words that find nothing at all leave the matter to both
 * legs, whatever the route was.
 */
export async function collectCandidates(context: SearchContext, filter: SearchFilter): Promise<Collected> {
  const { request, question, steps, serving } = context;
  const texts = [question.text, ...question.parts];
  let route = request.mode === "hybrid" ? question.route : request.mode;
  let embedded = route === "keyword" ? null : await embedQuestions(context, texts);
  const searchAll = () =>
    searchTexts(context, texts, { hasKeywords: route !== "semantic", embedded, filter });
  let questions = await searchAll();
  if (request.mode === "hybrid" && route === "keyword" && questions[0]?.found.keyword.length === 0) {
    route = "hybrid";
    embedded = await embedQuestions(context, texts);
    questions = await searchAll();
  }
  const semanticWeight = route === "keyword" ? 0 : route === "semantic" ? 1 : context.semanticWeight;
  const startMs = performance.now();
  const fused = questions.map((searched) => ({
    ...searched,
    fused: fuseCandidates(searched.found.keyword, searched.found.semantic, semanticWeight),
  }));
  const total = new Set(fused.flatMap((searched) => searched.fused.map(({ id }) => id))).size;
  steps.since(
    "fuse",
    startMs,
    `${count(total, "passage")} in one order, similarity counting ${semanticWeight}.`,
    {
      semanticWeight,
      normalisation: "min-max",
    },
  );
  return { questions: fused, vectorSpace: embedded?.space ?? serving.space, route, semanticWeight };
}
