import { answerPieces } from "./answer-text.ts";
import type { Plan } from "./plan.ts";
import { choicesOf, countPromptTokens, type ScriptBody } from "./script-body.ts";
import { type ScriptedCall, scriptedCalls } from "./tool-calls.ts";

/** One event of a scripted stream. */
export interface ScriptedEvent {
  /** JSON, or text that is none on purpose. */
  readonly data: string;
  /** Value of the `event` field, for interfaces that name their events. */
  readonly name?: string;
  /** True for chunks that carry content: faults and the ledger count these. */
  readonly isContent: boolean;
}

/** What a scripted model says, before it is put into the form of an endpoint. */
export interface Script {
  readonly reasoning: readonly string[];
  readonly calls: readonly ScriptedCall[];
  /** Pieces of text of each choice. */
  readonly choices: readonly (readonly string[])[];
  readonly finish: "stop" | "tool_calls" | "content_filter";
  /** Content chunks of the whole answer. */
  readonly tokens: number;
  readonly usage: ScriptedUsage | undefined;
}

/** Token counts in the form of chat completions. */
export interface ScriptedUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

const THOUGHT = ["Let me ", "think."];

/** Writes the script of a call. */
export function writeScript(plan: Plan, body: ScriptBody): Script {
  const { flags } = plan;
  const reasoning = flags.has("reasoning") || flags.has("reasoningOld") ? THOUGHT : [];
  const calls = scriptedCalls(plan, body);
  const saysText = calls.length === 0 || flags.has("tool");
  const choices = Array.from({ length: choicesOf(body) }, (_, choice) =>
    saysText ? answerPieces(plan, body, choice) : [],
  );
  const tokens =
    reasoning.length +
    calls.reduce((sum, call) => sum + 1 + call.argumentParts.length, 0) +
    choices.reduce((sum, pieces) => sum + pieces.length, 0);
  return {
    reasoning,
    calls,
    choices,
    finish: calls.length > 0 ? "tool_calls" : flags.has("cff") ? "content_filter" : "stop",
    tokens,
    usage: flags.has("noUsage") ? undefined : usageOf(body, tokens, reasoning.length),
  };
}

/** A quarter of the prompt came from a cache. */
function usageOf(body: ScriptBody, completionTokens: number, reasoningTokens: number): ScriptedUsage {
  const promptTokens = countPromptTokens(body);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: Math.floor(promptTokens / 4) },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
