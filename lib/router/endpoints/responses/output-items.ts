import type { JsonObject } from "../../http/read-json-body.ts";

/** How far an output item, or the response that holds it, has come. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** What the model thought before it answered; our upstreams tell it whole, and clients look for it in the summary. */
export function reasoningItem(id: string, text: string, status: ItemStatus): JsonObject {
  return { id, type: "reasoning", status, summary: text === "" ? [] : [summaryPart(text)] };
}

/** One part of a reasoning summary. */
export function summaryPart(text: string): JsonObject {
  return { type: "summary_text", text };
}

/** A message of the assistant. */
export function messageItem(id: string, content: readonly JsonObject[], status: ItemStatus): JsonObject {
  return { id, type: "message", status, role: "assistant", content };
}

/** The text of a message. */
export function textPart(text: string, logprobs: readonly unknown[] = []): JsonObject {
  return { type: "output_text", text, annotations: [], logprobs };
}

/** The model's refusal, in place of text. */
export function refusalPart(refusal: string): JsonObject {
  return { type: "refusal", refusal };
}

/** A call of one of the client's functions. */
export interface FunctionCall {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

export function functionCallItem(id: string, call: FunctionCall, status: ItemStatus): JsonObject {
  return {
    id,
    type: "function_call",
    status,
    call_id: call.callId,
    name: call.name,
    arguments: call.arguments,
  };
}
