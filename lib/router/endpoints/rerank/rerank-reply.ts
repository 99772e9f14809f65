import { newId } from "../../../shared/ids.ts";
import type { JsonObject } from "../../http/read-json-body.ts";

/**
 * The answer to a rerank request: documents from the most to the least relevant, as many as `top_n` asks for, with
 * their texts when `return_documents` is true.
 */
export function rerankReply(
  model: string,
  request: JsonObject,
  documents: readonly string[],
  scores: ArrayLike<number>,
  usage: JsonObject & { readonly prompt_tokens: number },
) {
  const limit = typeof request.top_n === "number" ? request.top_n : documents.length;
  const ranked = documents
    .map((text, index) => ({ index, text, score: scores[index] ?? 0 }))
    .toSorted((left, right) => right.score - left.score || left.index - right.index)
    .slice(0, limit);
  return {
    id: `rerank-${newId()}`,
    model,
    results: ranked.map(({ index, score, text }) => ({
      /** Position among the documents of the request. */
      index,
      /** 0 to 1. */
      relevance_score: score,
      ...(request.return_documents === true ? { document: { text } } : {}),
    })),
    usage: { ...usage, total_tokens: usage.prompt_tokens },
  };
}
