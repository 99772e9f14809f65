import type { Principal } from "../../identity/schema.ts";
import { embeddingSpace, embedTexts } from "../../router/index.ts";
import { searchTerms } from "../../shared/text/search-terms.ts";
import { findCandidates, findKeywordEngine, findPassages } from "../queries/search.ts";
import { hasVectorIndex } from "../queries/vector-index.ts";
import {
  type SearchRequestInput,
  type SearchResponse,
  type SearchResult,
  searchRequestSchema,
} from "../schema.ts";
import { type FusedCandidate, fuseCandidates } from "./fuse-candidates.ts";
import { defaultSemanticWeight } from "./semantic-weight.ts";

/** The outside of a search. */
export interface SearchDeps {
  readonly embedTexts: typeof embedTexts;
  readonly embeddingSpace: () => string;
  readonly signal?: AbortSignal | undefined;
}

/** How many passages each leg gives to the fusion. */
const CANDIDATES = 100;

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

async function isIndexed(space: { name: string; dimensions: number }): Promise<boolean> {
  const key = `${space.name}/${space.dimensions}`;
  if (indexed.has(key)) return true;
  if (!(await hasVectorIndex(space))) return false;
  indexed.add(key);
  return true;
}

/**
 * Searches the passages the principal may read: BM25 and vectors in one short transaction, all access rules inside the
 * statements, then min-max fusion.
 *
 * @throws AppError of the embedding model; ZodError when the request does not fit.
 */
export async function search(
  principal: Principal,
  request: SearchRequestInput,
  deps: Partial<SearchDeps> = {},
): Promise<SearchResponse> {
  const startMs = performance.now();
  const { query, mode, limit, ...input } = searchRequestSchema.parse(request);
  const signal = deps.signal;
  const space = (deps.embeddingSpace ?? embeddingSpace)();
  const embedded =
    mode === "keyword" ? undefined : await (deps.embedTexts ?? embedTexts)([query], { signal, principal });
  const embedMs = performance.now();
  signal?.throwIfAborted();
  const vectorSpace = { name: embedded?.space ?? space, dimensions: embedded?.dimensions ?? 0 };
  const filter = { collectionIds: input.collectionIds, documentIds: input.documentIds };
  const found = await findCandidates(principal, {
    filter,
    limit: Math.max(CANDIDATES, limit),
    keywords: mode === "semantic" ? null : searchTerms(query),
    keywordEngine: await keywordEngine(),
    vector: embedded?.vectors[0] ?? null,
    space: vectorSpace,
    hasVectorIndex: embedded !== undefined && (await isIndexed(vectorSpace)),
  });
  const semanticWeight = weightOf(mode, input.semanticWeight, vectorSpace.name);
  const fused = fuseCandidates(found.keyword, found.semantic, semanticWeight);
  const fuseMs = performance.now();
  const best = fused.slice(0, limit);
  const passages = new Map(
    (
      await findPassages(
        principal,
        filter,
        best.map(({ id }) => id),
      )
    ).map((passage) => [passage.chunkId, passage]),
  );
  const endMs = performance.now();
  return {
    results: best.flatMap((candidate) => {
      const passage = passages.get(candidate.id);
      return passage === undefined ? [] : [toResult(passage, candidate)];
    }),
    trace: {
      query,
      mode,
      keywordEngine: await keywordEngine(),
      vectorSpace: vectorSpace.name,
      semanticWeight,
      reranker: null,
      candidates: { keyword: found.keyword.length, semantic: found.semantic.length, fused: fused.length },
      timingsMs: {
        embed: round(embedMs - startMs),
        keyword: round(found.timingsMs.keyword),
        semantic: round(found.timingsMs.semantic),
        passages: round(endMs - fuseMs),
        total: round(endMs - startMs),
      },
    },
  };
}

function weightOf(mode: SearchResponse["trace"]["mode"], asked: number | undefined, space: string): number {
  if (mode === "keyword") return 0;
  if (mode === "semantic") return 1;
  return asked ?? defaultSemanticWeight(space);
}

function toResult(
  passage: Omit<SearchResult, "scores">,
  { keyword, semantic, fused }: FusedCandidate,
): SearchResult {
  return { ...passage, scores: { keyword, semantic, fused, rerank: null } };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
