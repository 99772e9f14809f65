import type { Principal } from "../../identity/schema.ts";
import { database } from "../../platform/db/index.ts";
import { embedTexts, rerankingModel, rerankTexts } from "../../router/index.ts";
import { type ServingModel, servingModel } from "../embed/serving-space.ts";
import { findKeywordEngine, type SearchFilter } from "../queries/search.ts";
import { hasVectorIndex, type VectorSpace } from "../queries/vector-index.ts";
import type { SearchRequest } from "../schema.ts";
import type { SearchSteps } from "./search-steps.ts";
import type { UnderstoodQuestion } from "./understand-question.ts";

/** The outside of a search. */
export interface SearchDeps {
  readonly embedTexts: typeof embedTexts;
  /** In which space the organisation's passages are found now. */
  readonly servingModel: (scope: { readonly orgId: string }) => Promise<ServingModel>;
  readonly rerankTexts: typeof rerankTexts;
  readonly rerankingModel: () => string | null;
  readonly signal?: AbortSignal | undefined;
}

export const searchDeps: SearchDeps = {
  embedTexts,
  servingModel: (scope) => servingModel(scope),
  rerankTexts,
  rerankingModel,
};

/** What every step of one search shares. */
export interface SearchContext {
  readonly principal: Principal;
  readonly request: SearchRequest;
  readonly deps: SearchDeps;
  readonly steps: SearchSteps;
  readonly question: UnderstoodQuestion;
  readonly filter: SearchFilter;
  readonly serving: ServingModel;
  readonly engine: "bm25" | "ts_rank";
  readonly semanticWeight: number;
}

let engine: Promise<"bm25" | "ts_rank"> | undefined;

/** The keyword engine of this database: `bm25`, or `ts_rank` where pg_textsearch is missing. Health names it. */
export function keywordEngine(): Promise<"bm25" | "ts_rank"> {
  engine ??= findKeywordEngine();
  engine.catch(() => {
    engine = undefined;
  });
  return engine;
}

const indexed = new Set<string>();

/** Whether rows of a space are found through an index, which only a server has; remembered once it is there. */
export async function isIndexed(space: VectorSpace): Promise<boolean> {
  if (database().isEmbedded) return false;
  const key = `${space.name}/${space.dimensions}`;
  if (indexed.has(key)) return true;
  if (!(await hasVectorIndex(space))) return false;
  indexed.add(key);
  return true;
}
