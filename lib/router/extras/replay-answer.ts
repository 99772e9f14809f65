import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";

/** Characters in one delta: about ten tokens, so that a client that shows each delta still sees text run. */
const PIECE_CHARACTERS = 48;

/** How a stored answer is streamed. */
export interface ReplayOptions {
  /** True when the client asked for the usage chunk. */
  readonly withUsage: boolean;
}

/**
 * The chunks of a stream that carry a whole chat answer, in the order clients know from OpenAI: Azure's filter results if
 * there were any, then for each choice the role, the reasoning, the text in pieces and the finish, then the usage when
 * asked for. `[DONE]` is the caller's. A choice with log probabilities comes in one piece, as they belong to its tokens.
 */
export function replayAnswer(answer: JsonObject, { withUsage }: ReplayOptions): JsonObject[] {
  const { choices, usage, prompt_filter_results: filtered, ...head } = answer;
  const chunk = (listed: JsonObject[], extra: JsonObject = {}): JsonObject => ({
    ...head,
    object: "chat.completion.chunk",
    choices: listed,
    // With the option on, OpenAI names the usage in every chunk, as null in all but the last.
    ...(withUsage ? { usage: null } : {}),
    ...extra,
  });
  const chunks = filtered === undefined ? [] : [chunk([], { prompt_filter_results: filtered })];
  for (const choice of Array.isArray(choices) ? choices : []) {
    if (isJsonObject(choice)) chunks.push(...replayChoice(choice).map((written) => chunk([written])));
  }
  if (withUsage && isJsonObject(usage)) chunks.push(chunk([], { usage }));
  return chunks;
}

function replayChoice(choice: JsonObject): JsonObject[] {
  const { index, message, logprobs, finish_reason: reason, ...rest } = choice;
  const { role, content, reasoning, reasoning_content: reasoningContent, ...others } = asObject(message);
  const piece = (delta: JsonObject, extra: JsonObject = {}): JsonObject => ({
    index: typeof index === "number" ? index : 0,
    delta,
    ...(logprobs === undefined ? {} : { logprobs: null }),
    finish_reason: null,
    ...extra,
  });
  const chunks = [piece({ role: typeof role === "string" ? role : "assistant", content: "", ...others })];
  const thought = textOf(reasoning) ?? textOf(reasoningContent);
  for (const text of pieces(thought ?? "")) chunks.push(piece({ reasoning: text, reasoning_content: text }));
  const said = textOf(content) ?? "";
  const isWhole = isJsonObject(logprobs);
  for (const text of isWhole ? [said] : pieces(said)) {
    chunks.push(piece({ content: text }, isWhole ? { logprobs } : {}));
  }
  chunks.push(piece({}, { ...rest, finish_reason: reason ?? "stop" }));
  return chunks;
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Cuts a text into pieces that end after a space where there is one, never inside a surrogate pair. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(text.length, endOfPiece(text, start));
    cut.push(text.slice(start, end));
    start = end;
  }
  return cut;
}

function endOfPiece(text: string, start: number): number {
  const end = start + PIECE_CHARACTERS;
  if (end >= text.length) return text.length;
  const space = text.lastIndexOf(" ", end - 1);
  if (space > start) return space + 1;
  const isSplitPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return isSplitPair ? end + 1 : end;
}
