import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import { estimateTokensByLength } from "../stream/read-chunk.ts";

/** Tokens that a message costs beside its text (role and separators). */
const TOKENS_PER_MESSAGE = 4;

/** A picture at low detail, as OpenAI counts it. */
const TOKENS_PER_IMAGE = 85;

/** Estimated prompt tokens of a request, for attempts whose upstream never told. */
export function estimatePromptTokens(body: JsonObject): number {
  if (body.input !== undefined) return estimateInput(body.input);
  const messages = Array.isArray(body.messages) ? body.messages : [];
  let tokens = 0;
  for (const message of messages) {
    if (!isJsonObject(message)) continue;
    tokens += TOKENS_PER_MESSAGE + estimateContent(message.content);
    if (message.tool_calls !== undefined)
      tokens += estimateTokensByLength(JSON.stringify(message.tool_calls).length);
  }
  if (body.tools !== undefined) tokens += estimateTokensByLength(JSON.stringify(body.tools).length);
  return tokens;
}

function estimateContent(content: unknown): number {
  if (typeof content === "string") return estimateTokensByLength(content.length);
  if (!Array.isArray(content)) return 0;
  return content.reduce<number>((sum, part) => {
    if (!isJsonObject(part)) return sum;
    return (
      sum + (typeof part.text === "string" ? estimateTokensByLength(part.text.length) : TOKENS_PER_IMAGE)
    );
  }, 0);
}

function estimateInput(input: unknown): number {
  if (typeof input === "string") return estimateTokensByLength(input.length);
  if (!Array.isArray(input)) return 0;
  if (input.every((value) => typeof value === "number")) return input.length;
  return input.reduce<number>((sum, value) => sum + estimateInput(value), 0);
}
