import type { Plan } from "./plan.ts";
import { sampleOfSchema } from "./sample-schema.ts";
import { messagesOf, type ScriptBody } from "./script-body.ts";

/** A call a scripted model makes, its arguments in the fragments it streams. */
export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly argumentParts: readonly string[];
}

interface Tool {
  readonly name?: unknown;
  readonly parameters?: unknown;
  readonly function?: { readonly name?: unknown; readonly parameters?: unknown };
}

const FRAGMENT_CHARACTERS = 5;

/**
 * The calls of an answer: two with the flag `tool`, one when the body requires it, none once the last message holds
 * a tool's result.
 */
export function scriptedCalls(plan: Plan, body: ScriptBody): ScriptedCall[] {
  const last = messagesOf(body).at(-1) as { role?: unknown; type?: unknown } | undefined;
  if (last?.role === "tool" || last?.type === "function_call_output") return [];
  const isForced =
    body.tool_choice === "required" || (typeof body.tool_choice === "object" && body.tool_choice !== null);
  const [tool] = (body.tools ?? []) as readonly Tool[];
  if (plan.flags.has("tool")) return [0, 1].map((index) => callOf(tool, index));
  return tool !== undefined && isForced ? [callOf(tool, 0)] : [];
}

function callOf(tool: Tool | undefined, index: number): ScriptedCall {
  const id = `call_${index}`;
  if (tool === undefined) return { id, name: "look_up", argumentParts: ['{"na', 'me":"', 'x"}'] };
  const described = tool.function ?? tool;
  const written = JSON.stringify(sampleOfSchema(described.parameters));
  const count = Math.ceil(written.length / FRAGMENT_CHARACTERS);
  return {
    id,
    name: String(described.name),
    argumentParts: Array.from({ length: count }, (_, part) =>
      written.slice(part * FRAGMENT_CHARACTERS, (part + 1) * FRAGMENT_CHARACTERS),
    ),
  };
}
