import { foldWord } from "../../shared/text/tokenise.ts";
import type { SearchFilter } from "../queries/search.ts";
import type { SearchRequest, SearchUnderstanding } from "../schema.ts";
import type { RankedPassage } from "./rank-passages.ts";
import { count } from "./search-steps.ts";
import type { UnderstoodQuestion } from "./understand-question.ts";

type FilterTrace = SearchUnderstanding["filters"][number];

/** Restrictions that the caller asked for. */
export function askedFilter(request: SearchRequest): SearchFilter {
  return {
    collectionIds: request.collectionIds,
    documentIds: request.documentIds,
    mediaTypes: request.mediaTypes,
    titles: request.titles,
    addedFrom: request.dates?.from,
    addedTo: request.dates?.to,
  };
}

/** The caller's restrictions and those that stand in the question; what the caller asked for is never widened. */
export function withRecognised(asked: SearchFilter, { filters }: UnderstoodQuestion): SearchFilter {
  const types = filters.types.flatMap(({ mediaTypes }) => mediaTypes);
  return {
    ...asked,
    mediaTypes: asked.mediaTypes ?? (types.length > 0 ? types : undefined),
    titles: asked.titles ?? (filters.titles.length > 0 ? filters.titles : undefined),
    addedFrom: asked.addedFrom ?? filters.dates?.from,
    addedTo: asked.addedTo ?? filters.dates?.to,
  };
}

/** True when the question itself restricts the search. */
export function hasRecognised({ filters }: UnderstoodQuestion): boolean {
  return filters.titles.length > 0 || filters.types.length > 0 || filters.dates !== null;
}

function spanOf(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return `until ${to}`;
  return to === undefined ? `from ${from}` : `${from} to ${to}`;
}

/** All restrictions, as the trace shows them. */
export function describeFilters(
  request: SearchRequest,
  { filters }: UnderstoodQuestion,
  isApplied: boolean,
): FilterTrace[] {
  const asked = (kind: FilterTrace["kind"], value: string): FilterTrace => ({
    kind,
    value,
    origin: "asked",
    isApplied: true,
  });
  const recognised = (kind: FilterTrace["kind"], value: string): FilterTrace => ({
    kind,
    value,
    origin: "recognised",
    isApplied,
  });
  const { collectionIds = [], documentIds = [], mediaTypes = [], titles = [], dates } = request;
  return [
    ...(collectionIds.length > 0 ? [asked("collection", count(collectionIds.length, "collection"))] : []),
    ...(documentIds.length > 0 ? [asked("document", count(documentIds.length, "document"))] : []),
    ...mediaTypes.map((type) => asked("type", type)),
    ...titles.map((title) => asked("title", title)),
    ...(dates === undefined ? [] : [asked("date", spanOf(dates.from, dates.to))]),
    ...filters.types.map(({ name }) => recognised("type", name)),
    ...filters.titles.map((title) => recognised("title", title)),
    ...(filters.dates === null ? [] : [recognised("date", spanOf(filters.dates.from, filters.dates.to))]),
  ];
}

const placeBefore =
  /(?:^|\s)(?:in|from|within|according to|per)\s+(?:the\s+|our\s+|my\s+)?(document|file|report|manual|page|article|contract|policy|lease|book|paper|guide|handbook)?\s*(["“]?)$/;

/**
 * The document in which the question wants to be answered (`in the report Annual accounts 2023`, `according to "Lease
 * 7"`): its title stands in the question behind such words. A title alone is no restriction.
 */
export function documentAskedFor(
  question: string,
  passages: readonly RankedPassage[],
): RankedPassage | undefined {
  const folded = foldWord(question);
  return passages
    .filter(({ matched }) => matched.includes("title"))
    .find(({ title }) => {
      const at = folded.indexOf(foldWord(title));
      if (at < 0) return false;
      const [, noun, quote] = placeBefore.exec(folded.slice(0, at)) ?? [];
      return noun !== undefined || (quote !== undefined && quote !== "");
    });
}
