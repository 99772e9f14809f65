import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { unsupportedParameter } from "../parameter-error.ts";

/** What a text completion can ask and a chat completion cannot; with the values that ask for nothing. */
const refusals: readonly (readonly [name: string, harmless: readonly unknown[]])[] = [
  ["suffix", [""]],
  ["best_of", [1]],
];

/** Fields that have another form in a chat request. */
const translated = new Set([
  "prompt",
  "suffix",
  "best_of",
  "echo",
  "logprobs",
  "max_tokens",
  "stream_options",
]);

/**
 * The one text a prompt consists of.
 *
 * @throws ApiError 400 for several prompts and for token ids, which no chat model takes.
 */
export function promptText(prompt: unknown): string {
  const only: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof only === "string") return only;
  throw unsupportedParameter(
    "prompt",
    "This model answers chats: 'prompt' must be one text, not several and no token ids.",
  );
}

/**
 * The chat request that asks what a completions request asks: the prompt is the user's message.
 *
 * @throws ApiError 400 that names the field which has no counterpart.
 */
export function promptToChat(body: JsonObject): JsonObject {
  for (const [name, harmless] of refusals) {
    const value = body[name];
    if (value !== undefined && value !== null && !harmless.includes(value)) {
      throw unsupportedParameter(name, `This model answers chats: '${name}' is not supported.`);
    }
  }
  const chat: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (!translated.has(name) && value !== null) chat[name] = value;
  }
  chat.messages = [{ role: "user", content: promptText(body.prompt) }];
  if (chat.stream === true) {
    chat.stream_options = {
      ...(isJsonObject(body.stream_options) ? body.stream_options : {}),
      include_usage: true,
    };
  }
  if (typeof body.max_tokens === "number") chat.max_completion_tokens = body.max_tokens;
  if (typeof body.logprobs === "number") {
    if (body.echo === true) {
      throw unsupportedParameter("logprobs", "This model answers chats: no 'logprobs' together with 'echo'.");
    }
    chat.logprobs = true;
    if (body.logprobs > 0) chat.top_logprobs = body.logprobs;
  }
  return chat;
}
