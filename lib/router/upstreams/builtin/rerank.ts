import { newId } from "../../../shared/ids.ts";
import { checkRerankBody, readDocuments } from "../../endpoints/rerank/check-rerank-body.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { scoreDocuments } from "./text/score-documents.ts";

/** Name of the built-in reranker. */
export const BUILTIN_RERANK_MODEL = "vouch-rerank-1";

/** The fields of a rerank request that the built-in model honours; others are ignored. */
export type BuiltinRerankRequest = { readonly [key: string]: unknown };

/** The documents from the most to the least relevant. */
export interface BuiltinReranking {
  readonly id: string;
  readonly model: string;
  readonly results: readonly {
    /** Position among the documents of the request. */
    readonly index: number;
    /** 0 to 1. */
    readonly relevance_score: number;
    readonly document?: { readonly text: string };
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

/**
 * Orders documents by how well their words answer a query: a lexical scorer without weights, the same for the same
 * request every time.
 *
 * @throws ApiError 400 for a request without query or documents.
 */
export function rerankBuiltin(request: BuiltinRerankRequest): BuiltinReranking {
  checkRerankBody(request);
  const query = String(request.query);
  const documents = readDocuments(request.documents);
  const scores = scoreDocuments(query, documents);
  const limit = typeof request.top_n === "number" ? request.top_n : documents.length;
  const ranked = scores
    .map((score, index) => ({ index, score, text: documents[index] ?? "" }))
    .toSorted((left, right) => right.score - left.score || left.index - right.index)
    .slice(0, limit);
  const queryTokens = estimateTokens(query);
  const tokens = documents.reduce((sum, text) => sum + queryTokens + estimateTokens(text), 0);
  return {
    id: `rerank-${newId()}`,
    model: BUILTIN_RERANK_MODEL,
    results: ranked.map(({ index, score, text }) => ({
      index,
      relevance_score: score,
      ...(request.return_documents === true ? { document: { text } } : {}),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
