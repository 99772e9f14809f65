import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import { estimateTokensByLength } from "../stream/read-chunk.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import { estimatePromptTokens } from "../usage/estimate-prompt.ts";

/** A picture at low detail, as OpenAI counts it; its address or data says nothing about its tokens. */
const TOKENS_PER_IMAGE = 85;

/** Tokens that an item costs beside its text (role and separators). */
const TOKENS_PER_ITEM = 4;

/** Estimated prompt tokens of a request to any endpoint, for limits and for attempts whose upstream never told. */
export function estimateRequestTokens(endpoint: Endpoint, body: JsonObject): number {
  switch (endpoint) {
    case "completions":
      return estimatePromptTokens({ input: body.prompt });
    case "rerank":
      return estimateRerank(body);
    case "responses":
      return (
        estimateText(body.instructions) +
        (body.tools === undefined ? 0 : estimateTokensByLength(JSON.stringify(body.tools).length)) +
        estimateItems(body.input)
      );
    default:
      return estimatePromptTokens(body);
  }
}

/** Every document is read together with the query. */
function estimateRerank({ query, documents }: JsonObject): number {
  const list: unknown[] = Array.isArray(documents) ? documents : [];
  const queryTokens = estimateText(query);
  return list.reduce<number>((sum, document) => {
    const text = isJsonObject(document) ? document.text : document;
    return sum + queryTokens + estimateText(text);
  }, 0);
}

function estimateItems(input: unknown): number {
  if (!Array.isArray(input)) return estimateText(input);
  return input.reduce<number>((sum, item) => {
    if (!isJsonObject(item)) return sum;
    return (
      sum +
      TOKENS_PER_ITEM +
      estimateContent(item.content) +
      estimateContent(item.output) +
      estimateText(item.arguments)
    );
  }, 0);
}

function estimateContent(content: unknown): number {
  if (!Array.isArray(content)) return estimateText(content);
  return content.reduce<number>((sum, part) => {
    if (!isJsonObject(part)) return sum;
    return sum + (part.type === "input_image" ? TOKENS_PER_IMAGE : estimateText(part.text));
  }, 0);
}

function estimateText(text: unknown): number {
  return typeof text === "string" ? estimateTokensByLength(text.length) : 0;
}
