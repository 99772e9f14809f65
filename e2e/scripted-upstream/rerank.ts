import { countWords } from "./script-body.ts";

/** A body of `/rerank` as Cohere, Jina and vLLM take it. */
export interface RerankBody {
  readonly query?: unknown;
  readonly documents?: readonly unknown[];
  readonly top_n?: number;
  readonly return_documents?: boolean;
}

function textOf(document: unknown): string {
  if (typeof document === "string") return document;
  const { text } = (document ?? {}) as { text?: unknown };
  return typeof text === "string" ? text : "";
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** Documents by the share (0 to 1) of the query's words they hold, best first; equal ones keep their order. */
export function rerank(body: RerankBody, model: string, flags: ReadonlySet<string> = new Set()) {
  const query = wordsOf(String(body.query ?? ""));
  const documents = (body.documents ?? []).map(textOf);
  const scored = documents.map((text, index) => {
    const own = wordsOf(text);
    const shared = [...query].filter((word) => own.has(word)).length;
    const relevance_score = shared / Math.max(1, query.size);
    return { index, relevance_score, ...(body.return_documents === true ? { document: { text } } : {}) };
  });
  const results = scored
    .toSorted((left, right) => right.relevance_score - left.relevance_score)
    .slice(0, body.top_n ?? documents.length);
  const total_tokens = documents.reduce(
    (sum, text) => sum + countWords(text) + countWords(String(body.query ?? "")),
    0,
  );
  const usage = { ...(flags.has("totalOnly") ? {} : { prompt_tokens: total_tokens }), total_tokens };
  return { id: "rerank-scripted", model, results: spoil(results, flags), usage };
}

/** What servers have been seen to get wrong. */
function spoil(results: readonly { index: number; relevance_score: number }[], flags: ReadonlySet<string>) {
  if (flags.has("rankShort")) return results.slice(0, -1);
  if (flags.has("rankTwice")) return results.map((result) => ({ ...result, index: result.index >> 1 }));
  if (flags.has("rankBeyond")) return results.map((result) => ({ ...result, index: result.index + 1 }));
  if (flags.has("rankWords")) return results.map((result) => ({ ...result, relevance_score: "high" }));
  return results;
}
