import type { ModelTarget } from "../config/router-config.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { ContinuationManner } from "./join-continuation.ts";

/**
 * True when a cut answer to this request may be continued by another model: one choice, free text. What a schema or a
 * grammar shapes cannot be joined, nor can log probabilities or speech.
 */
export function mayContinue(body: JsonObject): boolean {
  if (typeof body.n === "number" && body.n > 1) return false;
  if (body.logprobs === true || body.audio !== undefined) return false;
  const { response_format: format } = body;
  if (isJsonObject(format) && format.type !== undefined && format.type !== "text") return false;
  return !Object.keys(body).some((key) => key.startsWith("guided_") || key === "structured_outputs");
}

/** True for targets whose built-in answer cannot go on from a given text. */
export function canContinueAt({ upstream }: ModelTarget): boolean {
  return upstream.kind !== "builtin";
}

/** OpenAI's own address: its chat models have no way to be given the beginning of their answer. */
const OPENAI_HOST = "api.openai.com";

/** What is known of how a target goes on with an answer that another began. */
export function mannerOf({ upstream }: ModelTarget): ContinuationManner {
  if (upstream.kind === "vllm") return "exact";
  if (upstream.kind === "azure") return "anew";
  const isOpenAi = upstream.kind === "openai" && new URL(upstream.baseUrl).hostname === OPENAI_HOST;
  return isOpenAi ? "anew" : "unknown";
}

/**
 * The request for a continuation: the original messages and, as the assistant's, what the client has. Where only
 * reasoning was shown there is nothing to continue: the request goes out as it was.
 */
export function continuationBody(
  body: JsonObject,
  shown: { readonly text: string; readonly tokens: number },
  target: ModelTarget,
): JsonObject {
  if (shown.text === "") return body;
  const messages = Array.isArray(body.messages) ? body.messages : [];
  const continued: JsonObject = {
    ...body,
    messages: [...messages, { role: "assistant", content: shown.text }],
  };
  if (mannerOf(target) === "exact") {
    // vLLM's own parameters for it; without them its template would begin a new turn.
    continued.add_generation_prompt = false;
    continued.continue_final_message = true;
    for (const key of ["max_tokens", "max_completion_tokens"]) {
      const limit = body[key];
      if (typeof limit === "number") continued[key] = Math.max(1, limit - shown.tokens);
    }
  }
  return continued;
}
