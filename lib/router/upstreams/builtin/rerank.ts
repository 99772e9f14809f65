import { checkRerankBody, readDocuments } from "../../endpoints/rerank/check-rerank-body.ts";
import { rerankReply } from "../../endpoints/rerank/rerank-reply.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { scoreDocuments } from "./text/score-documents.ts";

/** Name of the built-in reranker. */
export const BUILTIN_RERANK_MODEL = "vouch-rerank-1";

/**
 * Orders documents by how well their words answer a query: a lexical scorer without weights, the same for the same
 * request every time.
 *
 * @throws ApiError 400 for a request without query or documents.
 */
export function rerankBuiltin(request: JsonObject) {
  checkRerankBody(request);
  const query = String(request.query);
  const documents = readDocuments(request.documents);
  const queryTokens = estimateTokens(query);
  const tokens = documents.reduce((sum, text) => sum + queryTokens + estimateTokens(text), 0);
  return rerankReply(BUILTIN_RERANK_MODEL, request, documents, scoreDocuments(query, documents), {
    prompt_tokens: tokens,
  });
}
