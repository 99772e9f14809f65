import { setTimeout as sleepFor } from "node:timers/promises";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import { type BuiltinMessage, readText } from "./answer/read-messages.ts";
import { answerFromSources } from "./answer-from-sources.ts";
import { estimateTokens } from "./estimate-tokens.ts";

/** Name of the extractive model. */
export const BUILTIN_CHAT_MODEL = "vouch-extractive-1";

/** The fields of a chat completions request that the built-in model honours; others are ignored. */
export interface BuiltinChatRequest {
  readonly messages: readonly BuiltinMessage[];
  readonly max_tokens?: number | null | undefined;
  readonly max_completion_tokens?: number | null | undefined;
  readonly stop?: string | readonly string[] | null | undefined;
  readonly stream_options?: { readonly include_usage?: boolean | undefined } | null | undefined;
}

export interface BuiltinUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

type FinishReason = "stop" | "length";

/** One `chat.completion.chunk`. */
export interface BuiltinChatChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: { readonly role?: "assistant"; readonly content?: string };
    readonly logprobs: null;
    readonly finish_reason: FinishReason | null;
  }[];
  readonly usage?: BuiltinUsage | null;
}

/** One `chat.completion`. */
export interface BuiltinChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: 0;
    readonly message: { readonly role: "assistant"; readonly content: string; readonly refusal: null };
    readonly logprobs: null;
    readonly finish_reason: FinishReason;
  }[];
  readonly usage: BuiltinUsage;
}

export interface BuiltinChatOptions {
  /** Pause between two words, in milliseconds; 0 sends the whole text in one delta. */
  readonly paceMs?: number | undefined;
  /** Ends the stream by throwing its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltinChatDeps {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly newId: () => string;
}

/** A pace at which an answer can be read along. */
export const DEFAULT_PACE_MS = 25;

const realDeps: BuiltinChatDeps = {
  now: Date.now,
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
  },
  newId,
};

interface PreparedCompletion {
  readonly id: string;
  readonly created: number;
  readonly text: string;
  readonly finishReason: FinishReason;
  readonly usage: BuiltinUsage;
}

/** Words with the white space after them; a marker stays with the word before it. */
function splitPieces(text: string): string[] {
  return text.match(/\S+(?:\s+\[\d+\])*\s*/g) ?? [];
}

function cutAtStop(text: string, stop: BuiltinChatRequest["stop"]): string {
  const sequences = typeof stop === "string" ? [stop] : (stop ?? []);
  const ends = sequences
    .map((sequence) => (sequence === "" ? -1 : text.indexOf(sequence)))
    .filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

function cutAtLimit(
  text: string,
  maxTokens: number | null | undefined,
): { text: string; finishReason: FinishReason } {
  if (typeof maxTokens !== "number" || estimateTokens(text) <= maxTokens)
    return { text, finishReason: "stop" };
  let kept = "";
  for (const piece of splitPieces(text)) {
    if (estimateTokens(kept + piece) > maxTokens) break;
    kept += piece;
  }
  return { text: kept.trimEnd(), finishReason: "length" };
}

function prepareCompletion(request: BuiltinChatRequest, deps: BuiltinChatDeps): PreparedCompletion {
  if (!Array.isArray(request.messages) || request.messages.length === 0) {
    throw new AppError("invalid_request", {
      message: "`messages` must be a list with at least one message.",
    });
  }
  const answer = answerFromSources(request.messages);
  const stopped = cutAtStop(answer.text, request.stop);
  const { text, finishReason } = cutAtLimit(stopped, request.max_completion_tokens ?? request.max_tokens);
  const promptTokens = request.messages.reduce((sum, message) => sum + estimateTokens(readText(message)), 0);
  const completionTokens = estimateTokens(text);
  return {
    id: `chatcmpl-${deps.newId()}`,
    created: Math.floor(deps.now() / 1000),
    text,
    finishReason,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

/**
 * Answers a chat completions request as a stream of chunks: the role, then the text word by word, then the finish
 * reason, then (when `stream_options.include_usage` asks) a chunk without choices that carries the usage.
 * Throws `invalid_request` for a request without messages, and the signal's reason when it aborts.
 */
export async function* streamBuiltinChat(
  request: BuiltinChatRequest,
  options: BuiltinChatOptions = {},
  deps: BuiltinChatDeps = realDeps,
): AsyncGenerator<BuiltinChatChunk, void, undefined> {
  const { signal, paceMs = DEFAULT_PACE_MS } = options;
  signal?.throwIfAborted();
  const completion = prepareCompletion(request, deps);
  const withUsage = request.stream_options?.include_usage === true;
  const base = {
    id: completion.id,
    object: "chat.completion.chunk",
    created: completion.created,
    model: BUILTIN_CHAT_MODEL,
    ...(withUsage ? { usage: null } : {}),
  } as const;
  const chunk = (
    delta: { role?: "assistant"; content?: string },
    finishReason: FinishReason | null = null,
  ) => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] as const,
  });

  yield chunk({ role: "assistant", content: "" });
  const pieces = paceMs <= 0 ? [completion.text] : splitPieces(completion.text);
  for (const [index, content] of pieces.entries()) {
    if (index > 0) await deps.sleep(paceMs, signal);
    signal?.throwIfAborted();
    if (content !== "") yield chunk({ content });
  }
  yield chunk({}, completion.finishReason);
  if (withUsage) yield { ...base, choices: [], usage: completion.usage };
}

/** Answers a chat completions request in one piece. Throws `invalid_request` for a request without messages. */
export function completeBuiltinChat(
  request: BuiltinChatRequest,
  deps: BuiltinChatDeps = realDeps,
): BuiltinChatCompletion {
  const completion = prepareCompletion(request, deps);
  const message = { role: "assistant", content: completion.text, refusal: null } as const;
  return {
    id: completion.id,
    object: "chat.completion",
    created: completion.created,
    model: BUILTIN_CHAT_MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: completion.finishReason }],
    usage: completion.usage,
  };
}
