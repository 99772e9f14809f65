import { searchTerms } from "../../shared/text/search-terms.ts";
import { type Candidate, type FoundCandidates, findCandidates } from "../queries/find-candidates.ts";
import { findPassages, type SearchFilter } from "../queries/search.ts";
import { findFarNames, findRelations } from "./follow-relation.ts";
import { readQuestionTerms } from "./question-terms.ts";
import type { RankedPassage } from "./rank-passages.ts";
import type { SearchContext } from "./search-context.ts";
import { count } from "./search-steps.ts";

/** Among so many first passages, those of documents that the question names are followed. */
const FOLLOWED_FROM = 4;
const CANDIDATES = 50;
const ADDED_MAX = 4;

/** A title without what tells namesakes apart: `David Bradley (director)`. */
function bareTitle(title: string): string {
  return searchTerms(title.replace(/\s*\([^)]*\)\s*$/, ""));
}

async function rankByNames(
  { principal, engine }: SearchContext,
  keywords: string,
  filter: SearchFilter,
  found: FoundCandidates | undefined,
): Promise<readonly Candidate[]> {
  const ranked = found?.rankOthers?.(keywords, CANDIDATES);
  if (ranked !== undefined) return ranked;
  const asked = await findCandidates(principal, {
    filter,
    limit: CANDIDATES,
    keywords,
    keywordEngine: engine,
    vector: null,
    space: { name: "", dimensions: 0 },
    hasVectorIndex: false,
  });
  return asked.keyword;
}

/**
 * The second step of questions that reach one thing through another (`where was the director of Blood Street born`):
 * the passage about the named thing tells the other's name, and documents with that very title join the results right
 * behind. Only documents whose whole title is such a name are taken, so that a wrong guess finds nothing.
 */
export async function followNames(
  context: SearchContext,
  ranked: readonly RankedPassage[],
  { filter, found }: { readonly filter: SearchFilter; readonly found: FoundCandidates | undefined },
): Promise<readonly RankedPassage[]> {
  const relations = findRelations(context.question.text);
  const named = ranked.slice(0, FOLLOWED_FROM).filter(({ matched }) => matched.includes("title"));
  if (relations.length === 0 || named.length === 0) return ranked;
  const names = named.flatMap(({ text, title }) =>
    findFarNames(relations, text, [context.question.text, title]),
  );
  if (names.length === 0) return ranked;
  const startMs = performance.now();
  const terms = new Set(names.flatMap((name) => readQuestionTerms(name).terms));
  const keyword = await rankByNames(context, [...terms].join(" "), filter, found);
  const keys = names.map(searchTerms);
  // The terms of a passage begin with those of its title: only what may have such a title is read.
  const ids = keyword
    .map(({ id }) => id)
    .filter((id) => {
      const own = found?.termsOf(id);
      return own === undefined || keys.some((key) => own.slice(0, key.split(" ").length).join(" ") === key);
    });
  const passages = await findPassages(context.principal, filter, ids, ids);
  const scoreOf = new Map(keyword.map(({ id, score }) => [id, score]));
  const namedDocuments = new Set(named.map(({ documentId }) => documentId));
  const last = named.at(-1);
  const far = passages
    .map((passage) => ({ passage, at: keys.indexOf(bareTitle(passage.title)) }))
    .filter(({ passage, at }) => at >= 0 && !namedDocuments.has(passage.documentId))
    .toSorted(
      (left, right) =>
        left.at - right.at ||
        (scoreOf.get(right.passage.chunkId) ?? 0) - (scoreOf.get(left.passage.chunkId) ?? 0),
    );
  const known = new Map(ranked.map((passage) => [passage.chunkId, passage]));
  const documents = new Set<string>();
  const added = far.flatMap(({ passage }): RankedPassage[] => {
    if (documents.has(passage.documentId) || documents.size >= ADDED_MAX) return [];
    documents.add(passage.documentId);
    const { searchTerms: stored, ...found } = passage;
    const { chunkId } = passage;
    const terms = stored?.split(" ") ?? [];
    const fused = { id: chunkId, keyword: scoreOf.get(chunkId) ?? null, semantic: null, fused: 0 };
    const ranked = known.get(chunkId) ?? { ...found, terms, fused, tier: 0, matched: [] };
    return [{ ...ranked, score: last?.score ?? null }];
  });
  context.steps.since(
    "follow",
    startMs,
    `The question asks for the ${relations.map(({ noun }) => noun).join(" and ")}: names in ${named.map(({ title }) => `“${title}”`).join(" and ")} led to ${count(added.length, "more document")}.`,
    { names, titles: added.map(({ title }) => title) },
  );
  if (last === undefined || added.length === 0) return ranked;
  const moved = new Set(added.map(({ chunkId }) => chunkId));
  const rest = ranked.filter(({ chunkId }) => !moved.has(chunkId));
  const behind = rest.indexOf(last) + 1;
  return [...rest.slice(0, behind), ...added, ...rest.slice(behind)];
}
