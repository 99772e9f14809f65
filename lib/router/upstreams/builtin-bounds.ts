import { ApiError } from "../http/api-error.ts";
import { isJsonObject } from "../http/read-json-body.ts";
import type { UpstreamCall } from "./upstream.ts";

/*
 * The built-in models compute in this process: while they do, every stream of it waits. What they are asked at once is
 * bounded, so that nobody waits for much longer than half a second.
 */
const MAX_CHAT_CHARACTERS = 200_000;
const MAX_TEXTS = 512;
const MAX_TEXTS_CHARACTERS = 1_000_000;

/**
 * Refuses what would take the built-in models too long.
 *
 * @throws ApiError 400 that says what to do.
 */
export function checkBuiltinBounds({ endpoint, body }: UpstreamCall): void {
  if (endpoint === "embeddings") checkTexts("input", body.input);
  else if (endpoint === "rerank") checkTexts("documents", body.documents);
  else checkMessages(body.messages);
}

function checkMessages(messages: unknown): void {
  if (!Array.isArray(messages)) return;
  const contents = messages.flatMap((message) => (isJsonObject(message) ? [message.content] : []));
  const characters = lengthOf(contents);
  if (characters <= MAX_CHAT_CHARACTERS) return;
  throw new ApiError(400, {
    message: `The built-in model reads ${MAX_CHAT_CHARACTERS} characters at most; the messages hold ${characters}. Send fewer sources, or use another model.`,
    param: "messages",
    code: "context_length_exceeded",
  });
}

function checkTexts(param: string, texts: unknown): void {
  const count = Array.isArray(texts) ? texts.length : 1;
  const characters = lengthOf(Array.isArray(texts) ? texts : [texts]);
  if (count <= MAX_TEXTS && characters <= MAX_TEXTS_CHARACTERS) return;
  throw new ApiError(400, {
    message: `The built-in models take ${MAX_TEXTS} texts and ${MAX_TEXTS_CHARACTERS} characters at most in one request; '${param}' holds ${count} and ${characters}. Send it in parts.`,
    param,
    code: "context_length_exceeded",
  });
}

/** Characters of texts, plain or as objects with `text`, side by side or in lists. */
function lengthOf(values: readonly unknown[]): number {
  let characters = 0;
  for (const value of values) {
    if (typeof value === "string") characters += value.length;
    else if (Array.isArray(value)) characters += lengthOf(value);
    else if (isJsonObject(value) && typeof value.text === "string") characters += value.text.length;
  }
  return characters;
}
