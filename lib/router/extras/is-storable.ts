import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";

/**
 * True when an answer is whole and may be given again: every choice asked for is there and ended by itself (`stop`), not
 * at a length limit, by a content filter or with a tool call; lists of vectors and ranks are complete. A chat must name
 * its usage, since a stream of it may be asked for it. What cannot be judged is not stored.
 *
 * @param body the request, as the client sent it.
 */
export function isStorable(answer: JsonObject, endpoint: Endpoint, body: JsonObject): boolean {
  if (answer.error !== undefined && answer.error !== null) return false;
  switch (endpoint) {
    case "chat/completions":
      return isJsonObject(answer.usage) && isWhole(answer.choices, choicesAsked(body), isWholeMessage);
    case "completions":
      return isWhole(answer.choices, choicesAsked(body) * countOf(body.prompt), isWholeText);
    case "embeddings":
      return Array.isArray(answer.data) && answer.data.length === countOf(body.input);
    case "rerank":
      return Array.isArray(answer.results) && answer.results.length > 0;
    case "responses":
      return false;
  }
}

function choicesAsked(body: JsonObject): number {
  return typeof body.n === "number" ? body.n : 1;
}

/** Texts in an input: one, unless it is a list of texts or of token lists. */
function countOf(input: unknown): number {
  return Array.isArray(input) && input.every((item) => typeof item !== "number") ? input.length : 1;
}

function isWhole(choices: unknown, expected: number, isGood: (choice: JsonObject) => boolean): boolean {
  if (!Array.isArray(choices) || choices.length !== expected) return false;
  return choices.every((choice) => isJsonObject(choice) && choice.finish_reason === "stop" && isGood(choice));
}

function isWholeText({ text }: JsonObject): boolean {
  return typeof text === "string" && text !== "";
}

function isWholeMessage({ message }: JsonObject): boolean {
  if (!isJsonObject(message) || typeof message.content !== "string" || message.content === "") return false;
  return [message.tool_calls, message.function_call, message.refusal, message.audio].every(isEmpty);
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}
