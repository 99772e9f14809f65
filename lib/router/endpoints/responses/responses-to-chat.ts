import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { invalidParameter, missingParameter, unsupportedParameter } from "../parameter-error.ts";
import { type FindItem, inputToMessages } from "./input-to-messages.ts";
import { toolChoiceToChat, toolsToChat } from "./tools-to-chat.ts";

/** Fields that have another name or form in a chat request. */
const translated = new Set([
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "text",
  "reasoning",
  "max_output_tokens",
  "stream_options",
  "include",
  "top_logprobs",
]);

/** Fields without a meaning for a chat completion that keeps nothing and runs no tools of its own. */
const withoutMeaning = new Set([
  // What the two interfaces store are different things; the response shows the metadata itself.
  "store",
  "metadata",
  "max_tool_calls",
  "previous_response_id",
  "conversation",
  "background",
  "prompt",
  "context_management",
  "truncation",
]);

/** What only an upstream with responses of its own can do, and the values that ask for nothing. */
const refusals: readonly (readonly [name: string, harmless: readonly unknown[], why: string])[] = [
  ["previous_response_id", [], "Responses are not kept: send the whole conversation as 'input'."],
  ["conversation", [], "Conversations are not kept: send the whole conversation as 'input'."],
  ["background", [false], "Responses in the background are not supported by this model's upstream."],
  ["prompt", [], "Stored prompts are not supported: send 'instructions' and 'input'."],
  ["context_management", [], "The context is not managed by this model's upstream."],
  ["truncation", ["disabled"], "The input is never truncated by this model's upstream."],
  ["n", [1], "A response holds one answer: ask /v1/chat/completions for several."],
];

/**
 * The chat request that asks what a Responses request asks. Fields that neither interface defines pass through.
 *
 * @param findItem finds items that the input only refers to.
 * @throws ApiError 400 that names the field which has no counterpart.
 */
export function responsesToChat(body: JsonObject, findItem: FindItem = () => undefined): JsonObject {
  for (const [name, harmless, why] of refusals) {
    const value = body[name];
    if (value !== undefined && value !== null && !harmless.includes(value)) {
      throw unsupportedParameter(name, why);
    }
  }
  if (!isPresent(body.input)) throw missingParameter("input");
  const chat: JsonObject = {};
  for (const [name, value] of Object.entries(body)) {
    if (!translated.has(name) && !withoutMeaning.has(name) && value !== null) chat[name] = value;
  }
  chat.messages = inputToMessages(body.instructions, body.input, findItem);
  if (chat.stream === true) chat.stream_options = { include_usage: true };
  if (isPresent(body.max_output_tokens)) chat.max_completion_tokens = body.max_output_tokens;
  addTools(chat, body);
  addText(chat, body.text);
  addReasoning(chat, body.reasoning);
  addLogprobs(chat, body);
  return chat;
}

function addTools(chat: JsonObject, body: JsonObject): void {
  const tools = isPresent(body.tools) ? toolsToChat(body.tools) : [];
  if (tools.length === 0) {
    // Servers refuse these two without tools.
    delete chat.parallel_tool_calls;
    return;
  }
  chat.tools = tools;
  if (isPresent(body.tool_choice)) chat.tool_choice = toolChoiceToChat(body.tool_choice);
}

function addText(chat: JsonObject, text: unknown): void {
  if (!isPresent(text)) return;
  if (!isJsonObject(text)) throw invalidParameter("text", "'text' must be an object.");
  if (isPresent(text.verbosity)) chat.verbosity = text.verbosity;
  if (!isPresent(text.format)) return;
  if (!isJsonObject(text.format)) throw invalidParameter("text.format", "'text.format' must be an object.");
  const { type, ...schema } = text.format;
  if (type === "json_schema") chat.response_format = { type, json_schema: schema };
  else if (type === "json_object") chat.response_format = { type };
  else if (type !== "text") {
    throw invalidParameter(
      "text.format.type",
      "'text.format.type' must be text, json_object or json_schema.",
    );
  }
}

function addReasoning(chat: JsonObject, reasoning: unknown): void {
  if (!isPresent(reasoning)) return;
  if (!isJsonObject(reasoning)) throw invalidParameter("reasoning", "'reasoning' must be an object.");
  if (isPresent(reasoning.effort)) chat.reasoning_effort = reasoning.effort;
}

function addLogprobs(chat: JsonObject, body: JsonObject): void {
  const include: unknown[] = Array.isArray(body.include) ? body.include : [];
  if (isPresent(body.top_logprobs)) chat.top_logprobs = body.top_logprobs;
  else if (!include.includes("message.output_text.logprobs")) return;
  chat.logprobs = true;
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
