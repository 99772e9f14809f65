import { searchTerms } from "../../shared/text/search-terms.ts";
import { type Candidate, type FoundCandidates, findCandidates } from "../queries/find-candidates.ts";
import type { SearchFilter } from "../queries/search.ts";
import { findFarNames, findRelations } from "./follow-relation.ts";
import type { PassageReader } from "./passage-reader.ts";
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

/** What the second step goes by. */
interface Followed {
  readonly filter: SearchFilter;
  readonly found: FoundCandidates | undefined;
  readonly reader: PassageReader;
}

/** The names that the passages about the named things give for what is asked of them. */
async function findNames(
  { question }: SearchContext,
  relations: ReturnType<typeof findRelations>,
  named: readonly RankedPassage[],
  reader: PassageReader,
): Promise<string[]> {
  await reader.read(named.map(({ chunkId }) => chunkId));
  return named.flatMap(({ chunkId, title }) =>
    findFarNames(relations, reader.get(chunkId)?.text ?? "", [question.text, title]),
  );
}

/** Passages of documents whose whole title is one of the names, in the order of these, the best of each first. */
async function findTitled(
  context: SearchContext,
  names: readonly string[],
  { filter, found, reader }: Followed,
): Promise<RankedPassage[]> {
  const terms = new Set(names.flatMap((name) => readQuestionTerms(name).terms));
  const keyword = await rankByNames(context, [...terms].join(" "), filter, found);
  const keys = names.map(searchTerms);
  const scoreOf = new Map(keyword.map(({ id, score }) => [id, score]));
  const passages = await reader.rankable([...scoreOf.keys()], found, false);
  return passages
    .map((passage) => ({ passage, at: keys.indexOf(bareTitle(passage.title)) }))
    .filter(({ at }) => at >= 0)
    .toSorted(
      (left, right) =>
        left.at - right.at ||
        (scoreOf.get(right.passage.chunkId) ?? 0) - (scoreOf.get(left.passage.chunkId) ?? 0),
    )
    .map(({ passage }) => ({
      ...passage,
      fused: {
        id: passage.chunkId,
        keyword: scoreOf.get(passage.chunkId) ?? null,
        semantic: null,
        fused: 0,
      },
      score: null,
      tier: 0,
      matched: [],
    }));
}

/**
 * The second step of questions that reach one thing through another (`where was the director of Blood Street born`):
 * the passage about the named thing tells the other's name, and documents with that very title join the results right
 * behind. Only documents whose whole title is such a name are taken, so that a wrong guess finds nothing.
 */
export async function followNames(
  context: SearchContext,
  ranked: readonly RankedPassage[],
  followed: Followed,
): Promise<readonly RankedPassage[]> {
  const relations = findRelations(context.question.text);
  const named = ranked.slice(0, FOLLOWED_FROM).filter(({ matched }) => matched.includes("title"));
  const last = named.at(-1);
  if (relations.length === 0 || last === undefined) return ranked;
  const names = await findNames(context, relations, named, followed.reader);
  if (names.length === 0) return ranked;
  const startMs = performance.now();
  const known = new Map(ranked.map((passage) => [passage.chunkId, passage]));
  const taken = new Set(named.map(({ documentId }) => documentId));
  const added: RankedPassage[] = [];
  for (const passage of await findTitled(context, names, followed)) {
    if (added.length >= ADDED_MAX) break;
    if (taken.has(passage.documentId)) continue;
    taken.add(passage.documentId);
    added.push({ ...(known.get(passage.chunkId) ?? passage), score: last.score });
  }
  context.steps.since(
    "follow",
    startMs,
    `The question asks for the ${relations.map(({ noun }) => noun).join(" and ")}: names in ${named.map(({ title }) => `“${title}”`).join(" and ")} led to ${count(added.length, "more document")}.`,
    { names, titles: added.map(({ title }) => title) },
  );
  if (added.length === 0) return ranked;
  const moved = new Set(added.map(({ chunkId }) => chunkId));
  const rest = ranked.filter(({ chunkId }) => !moved.has(chunkId));
  const behind = rest.indexOf(last) + 1;
  return [...rest.slice(0, behind), ...added, ...rest.slice(behind)];
}
