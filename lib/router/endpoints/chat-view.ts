import { ApiError } from "../http/api-error.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import { inputToMessages } from "./responses/input-to-messages.ts";
import { toolsToChat } from "./responses/tools-to-chat.ts";

/**
 * A request to any endpoint as a chat, for whoever only looks at its conversation: which tier it needs, which target
 * had it before. Never fails; what no chat can hold is left out.
 */
export function chatViewOf(endpoint: Endpoint, body: JsonObject): JsonObject {
  if (endpoint === "responses") {
    return { ...body, messages: viewInput(body), tools: attempt(() => toolsToChat(body.tools)) };
  }
  if (endpoint !== "completions") return body;
  const content = Array.isArray(body.prompt) ? body.prompt.join("\n") : body.prompt;
  return { ...body, messages: [{ role: "user", content }] };
}

function viewInput({ instructions, input }: JsonObject): JsonObject[] {
  const whole = attempt(() => inputToMessages(instructions, input, () => undefined));
  if (whole !== undefined) return whole;
  const items: unknown[] = Array.isArray(input) ? input : [];
  return items.filter(isJsonObject).filter(({ role }) => typeof role === "string");
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
