/** Name of the built-in reranker. */
export const BUILTIN_RERANK_MODEL = "vouch-rerank-1";
