import type { Plan } from "./plan.ts";
import type { Script, ScriptedEvent } from "./script.ts";
import type { ScriptBody } from "./script-body.ts";

/** A whole answer of `/responses`. */
export function wholeResponse(plan: Plan, body: ScriptBody, model: string, script: Script): object {
  const isFiltered = plan.flags.has("cff");
  return {
    ...responseOf(body, model, isFiltered ? "incomplete" : "completed"),
    incomplete_details: isFiltered ? { reason: "content_filter" } : null,
    output: outputOf(script),
    usage: responseUsage(script),
  };
}

function responseOf(body: ScriptBody, model: string, status: string) {
  return {
    id: "resp_scripted",
    object: "response",
    created_at: 1_700_000_000,
    status,
    model,
    error: null,
    incomplete_details: null,
    instructions: typeof body.instructions === "string" ? body.instructions : null,
    metadata: {},
    output: [] as object[],
    parallel_tool_calls: true,
    temperature: 1,
    top_p: 1,
    text: body.text ?? { format: { type: "text" } },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
  };
}

function responseUsage({ usage }: Script) {
  if (usage === undefined) return null;
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details.cached_tokens },
    output_tokens: usage.completion_tokens,
    output_tokens_details: usage.completion_tokens_details,
    total_tokens: usage.total_tokens,
  };
}

function messageItem(text: string | undefined, status: string) {
  const content = text === undefined ? [] : [{ type: "output_text", text, annotations: [] }];
  return { id: "msg_scripted", type: "message", status, role: "assistant", content };
}

function callItem(script: Script, index: number, status: string) {
  const call = script.calls[index];
  const written = status === "completed" ? (call?.argumentParts.join("") ?? "") : "";
  return {
    id: `fc_${index}`,
    type: "function_call",
    status,
    call_id: call?.id,
    name: call?.name,
    arguments: written,
  };
}

function outputOf(script: Script): object[] {
  const calls = script.calls.map((_, index) => callItem(script, index, "completed"));
  const pieces = script.choices[0] ?? [];
  return pieces.length === 0 ? calls : [...calls, messageItem(pieces.join(""), "completed")];
}

/** All events of a stream of `/responses` in order. */
export function responseEvents(plan: Plan, body: ScriptBody, model: string, script: Script): ScriptedEvent[] {
  const events: ScriptedEvent[] = [];
  const add = (type: string, more: object, isContent = false) =>
    void events.push({
      name: type,
      data: JSON.stringify({ type, sequence_number: events.length, ...more }),
      isContent,
    });
  const begun = responseOf(body, model, "in_progress");
  add("response.created", { response: begun });
  add("response.in_progress", { response: begun });
  for (const index of script.calls.keys()) addCall(add, script, index);
  addMessage(add, script);
  if (plan.flags.has("doneOnly")) return events;
  const whole = wholeResponse(plan, body, model, script);
  add(plan.flags.has("cff") ? "response.incomplete" : "response.completed", { response: whole });
  return events;
}

type Add = (type: string, more: object, isContent?: boolean) => void;

function addCall(add: Add, script: Script, index: number): void {
  const place = { item_id: `fc_${index}`, output_index: index };
  const parts = script.calls[index]?.argumentParts ?? [];
  add(
    "response.output_item.added",
    { output_index: index, item: callItem(script, index, "in_progress") },
    true,
  );
  for (const delta of parts) add("response.function_call_arguments.delta", { ...place, delta }, true);
  add("response.function_call_arguments.done", { ...place, arguments: parts.join("") });
  add("response.output_item.done", { output_index: index, item: callItem(script, index, "completed") });
}

function addMessage(add: Add, script: Script): void {
  const pieces = script.choices[0] ?? [];
  if (pieces.length === 0) return;
  const output_index = script.calls.length;
  const place = { item_id: "msg_scripted", output_index, content_index: 0 };
  const text = pieces.join("");
  add("response.output_item.added", { output_index, item: messageItem(undefined, "in_progress") });
  add("response.content_part.added", { ...place, part: { type: "output_text", text: "", annotations: [] } });
  for (const delta of pieces) add("response.output_text.delta", { ...place, delta, logprobs: [] }, true);
  add("response.output_text.done", { ...place, text, logprobs: [] });
  add("response.content_part.done", { ...place, part: { type: "output_text", text, annotations: [] } });
  add("response.output_item.done", { output_index, item: messageItem(text, "completed") });
}
