import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** Token counts an upstream reported. */
export interface TokenUsage {
  readonly promptTokens: number;
  /** Part of the prompt tokens that a prompt cache served. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** What one chunk of a chat stream holds. */
export interface ChunkReading {
  /** True when it carries something a person or program waits for: text, reasoning, a tool call, a finish. */
  readonly isOutput: boolean;
  /** True for the closing chunk that carries the usage and nothing else. */
  readonly isUsageOnly: boolean;
  readonly usage: TokenUsage | undefined;
  /** Estimated tokens in its deltas. */
  readonly deltaTokens: number;
  /** Text of the first choice, as far as it is part of the answer. */
  readonly text: string;
  /** True when it carries a tool call, a refusal or speech: an answer with such a thing cannot be continued. */
  readonly isBound: boolean;
  /** The choices it speaks of, and those it finishes. */
  readonly indexes: readonly number[];
  readonly finished: readonly number[];
}

/** What an event of a stream says; an error in it ends the stream. */
export type StreamReading = ChunkReading & { readonly error: JsonObject | undefined };

/** One delta is one token, unless it is longer than tokens get: servers under load gather several. */
const LONGEST_TOKEN = 24;
const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a text whose tokenizer is unknown: four characters each, the rule of thumb for English. */
export function estimateTokensByLength(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** Reads the counts of a `usage` object; undefined when it holds none. */
export function readUsage(usage: unknown): TokenUsage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const promptTokens = count(usage.prompt_tokens);
  if (promptTokens === undefined) return undefined;
  const details = isJsonObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const cachedTokens = Math.min(count(details.cached_tokens) ?? 0, promptTokens);
  return { promptTokens, cachedTokens, completionTokens: count(usage.completion_tokens) ?? 0 };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
}

/** Reads a parsed chunk. Azure's first chunk (filter results, no choices) is no output and no usage. */
export function readChunk(chunk: JsonObject): ChunkReading {
  const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
  const usage = readUsage(chunk.usage);
  let isOutput = false;
  let deltaTokens = 0;
  let text = "";
  let isBound = false;
  const indexes: number[] = [];
  const finished: number[] = [];
  for (const choice of choices) {
    if (!isJsonObject(choice)) continue;
    const index = typeof choice.index === "number" ? choice.index : 0;
    indexes.push(index);
    const tokens = tokensInDelta(choice.delta) + tokensInText(nonEmpty(choice.text));
    if (index === 0) text += textOf(choice);
    isBound ||= isBinding(choice.delta);
    deltaTokens += tokens;
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") finished.push(index);
    isOutput ||= tokens > 0 || finished.length > 0;
  }
  return {
    isOutput,
    isUsageOnly: choices.length === 0 && usage !== undefined,
    usage,
    deltaTokens,
    text,
    isBound,
    indexes,
    finished,
  };
}

function textOf(choice: JsonObject): string {
  const { delta, text } = choice;
  if (typeof text === "string") return text;
  return isJsonObject(delta) && typeof delta.content === "string" ? delta.content : "";
}

function isBinding(delta: unknown): boolean {
  return (
    isJsonObject(delta) &&
    (Array.isArray(delta.tool_calls) ||
      isJsonObject(delta.function_call) ||
      isJsonObject(delta.audio) ||
      nonEmpty(delta.refusal) !== undefined)
  );
}

function tokensInDelta(delta: unknown): number {
  if (!isJsonObject(delta)) return 0;
  const reasoning = nonEmpty(delta.reasoning) ?? nonEmpty(delta.reasoning_content);
  let tokens =
    tokensInText(nonEmpty(delta.content)) + tokensInText(reasoning) + tokensInText(nonEmpty(delta.refusal));
  if (Array.isArray(delta.tool_calls)) {
    for (const call of delta.tool_calls) {
      const called = isJsonObject(call) && isJsonObject(call.function) ? call.function : {};
      tokens += Math.max(1, tokensInText(nonEmpty(called.arguments)));
    }
  }
  if (isJsonObject(delta.function_call) || isJsonObject(delta.audio)) tokens += 1;
  return tokens;
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function tokensInText(text: string | undefined): number {
  if (text === undefined) return 0;
  return text.length <= LONGEST_TOKEN ? 1 : estimateTokensByLength(text.length);
}

/**
 * Gives reasoning text both of its names: vLLM renamed `reasoning_content` to `reasoning` and clients know one or
 * the other.
 *
 * @param key `delta` in a chunk, `message` in a whole answer.
 * @returns true when something was added.
 */
export function nameReasoningTwice(answer: JsonObject, key: "delta" | "message"): boolean {
  if (!Array.isArray(answer.choices)) return false;
  let isChanged = false;
  for (const choice of answer.choices) {
    const holder = isJsonObject(choice) ? choice[key] : undefined;
    if (!isJsonObject(holder)) continue;
    const { reasoning, reasoning_content: content } = holder;
    if (typeof reasoning === "string" && typeof content !== "string") {
      holder.reasoning_content = reasoning;
      isChanged = true;
    } else if (typeof content === "string" && typeof reasoning !== "string") {
      holder.reasoning = content;
      isChanged = true;
    }
  }
  return isChanged;
}
