import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { invalidParameter, unsupportedParameter } from "../parameter-error.ts";

/**
 * Tools as chat completions write them.
 *
 * @throws ApiError 400 for tools that only a Responses API runs, such as web search.
 */
export function toolsToChat(tools: unknown): JsonObject[] {
  if (!Array.isArray(tools)) throw invalidParameter("tools", "'tools' must be a list.");
  return tools.map((tool: unknown, index) => {
    const at = `tools[${index}]`;
    if (!isJsonObject(tool)) throw invalidParameter(at, `'${at}' must be a tool.`);
    if (tool.type !== "function") throw unsupportedTool(tool, `${at}.type`);
    if (typeof tool.name !== "string") throw invalidParameter(`${at}.name`, `'${at}.name' must be text.`);
    const described: JsonObject = { name: tool.name };
    for (const key of ["description", "parameters", "strict"]) {
      if (tool[key] !== undefined && tool[key] !== null) described[key] = tool[key];
    }
    return { type: "function", function: described };
  });
}

function unsupportedTool(tool: JsonObject, at: string) {
  const type = String(tool.type).slice(0, 64);
  return unsupportedParameter(at, `Tools of type '${type}' are not supported by this model's upstream.`);
}

/** The choice of tools as chat completions write it. */
export function toolChoiceToChat(choice: unknown): unknown {
  if (typeof choice === "string") return choice;
  if (!isJsonObject(choice))
    throw invalidParameter("tool_choice", "'tool_choice' must be text or an object.");
  if (choice.type === "function") return { type: "function", function: { name: choice.name } };
  if (choice.type !== "allowed_tools") throw unsupportedTool(choice, "tool_choice.type");
  const tools = Array.isArray(choice.tools) ? choice.tools : [];
  const allowed = tools.map((tool: unknown, index) => {
    if (isJsonObject(tool) && tool.type === "function") {
      return { type: "function", function: { name: tool.name } };
    }
    throw unsupportedTool(isJsonObject(tool) ? tool : {}, `tool_choice.tools[${index}].type`);
  });
  return { type: "allowed_tools", allowed_tools: { mode: choice.mode, tools: allowed } };
}
