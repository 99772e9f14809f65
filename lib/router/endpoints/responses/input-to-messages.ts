import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { invalidParameter, unsupportedParameter } from "../parameter-error.ts";
import { contentToChat, outputToChat } from "./content-to-chat.ts";

/** Finds an output item of an earlier response that a client names instead of sending it again. */
export type FindItem = (id: string) => JsonObject | undefined;

const roles = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "system"],
  // The templates of many open models know no developer; for OpenAI's both words mean the same.
  ["developer", "system"],
]);

/**
 * The messages of a chat request that say what `instructions` and `input` say.
 *
 * @throws ApiError 400 for items without a counterpart in a chat.
 */
export function inputToMessages(instructions: unknown, input: unknown, findItem: FindItem): JsonObject[] {
  const messages: JsonObject[] = [];
  if (typeof instructions === "string" && instructions !== "") {
    messages.push({ role: "system", content: instructions });
  }
  if (typeof input === "string") {
    messages.push({ role: "user", content: input });
    return messages;
  }
  if (!Array.isArray(input)) {
    throw invalidParameter("input", "'input' must be text or a list of input items.");
  }
  for (const [index, item] of input.entries()) addItem(messages, item, `input[${index}]`, findItem);
  return messages;
}

function addItem(messages: JsonObject[], item: unknown, at: string, findItem: FindItem): void {
  if (!isJsonObject(item)) throw invalidParameter(at, `'${at}' must be an input item.`);
  switch (item.type) {
    case undefined:
    case null:
    case "message":
      messages.push(messageOf(item, at));
      return;
    case "function_call":
      addCall(messages, item, at);
      return;
    case "function_call_output": {
      const tool_call_id = requireName(item.call_id, `${at}.call_id`);
      messages.push({ role: "tool", tool_call_id, content: outputToChat(item.output, `${at}.output`) });
      return;
    }
    case "reasoning":
      // Chat requests have no place for earlier reasoning; models do without it.
      return;
    case "item_reference":
      addReferenced(messages, requireName(item.id, `${at}.id`), at, findItem);
      return;
    default:
      throw unsupportedParameter(
        `${at}.type`,
        `Input items of type '${String(item.type).slice(0, 64)}' are not supported by this model's upstream.`,
      );
  }
}

function messageOf(item: JsonObject, at: string): JsonObject {
  const role = roles.get(String(item.role));
  if (role === undefined) {
    throw invalidParameter(`${at}.role`, `'${at}.role' must be one of user, assistant, system, developer.`);
  }
  return { role, content: contentToChat(item.content, role, at) };
}

/** Calls made together, and the text before them, are one message of the assistant. */
function addCall(messages: JsonObject[], item: JsonObject, at: string): void {
  const call = {
    id: requireName(item.call_id, `${at}.call_id`),
    type: "function",
    function: {
      name: requireName(item.name, `${at}.name`),
      arguments: typeof item.arguments === "string" ? item.arguments : "{}",
    },
  };
  const last = messages.at(-1);
  if (last?.role !== "assistant") {
    messages.push({ role: "assistant", content: null, tool_calls: [call] });
    return;
  }
  last.tool_calls = [...(Array.isArray(last.tool_calls) ? last.tool_calls : []), call];
}

function addReferenced(messages: JsonObject[], id: string, at: string, findItem: FindItem): void {
  if (id.startsWith("rs_")) return;
  const found = findItem(id);
  if (found !== undefined) {
    addItem(messages, found, at, () => undefined);
    return;
  }
  throw invalidParameter(
    `${at}.id`,
    `Item with id '${id.slice(0, 128)}' not found. Items are remembered for a while only, and never with 'store' set to false: send the item itself.`,
    "item_not_found",
  );
}

function requireName(value: unknown, at: string): string {
  if (typeof value !== "string" || value === "") throw invalidParameter(at, `'${at}' must be text.`);
  return value;
}
