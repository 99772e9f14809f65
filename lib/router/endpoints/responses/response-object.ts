import { newId } from "../../../shared/ids.ts";
import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { readUsage, type TokenUsage } from "../../stream/read-chunk.ts";

/** The outside world of a response. */
export interface ResponseDeps {
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export const realResponseDeps: ResponseDeps = { newId, now: Date.now };

/** An id of the kind a prefix stands for: `resp`, `msg`, `rs`, `fc`. */
export function prefixedId(prefix: string, deps: ResponseDeps): string {
  return `${prefix}_${deps.newId().replaceAll("-", "")}`;
}

/** What stays the same in a response from its first event to its last. */
export interface ResponseIdentity {
  readonly id: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly model: string;
}

/** How a response stands. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly JsonObject[];
  readonly usage?: JsonObject | null;
  /** Why it is incomplete. */
  readonly reason?: string | undefined;
  readonly error?: { readonly code: string; readonly message: string };
  /** Fields of the upstream that clients may know, such as Azure's filter results. */
  readonly more?: JsonObject;
}

/** A Response object: the state, and the request's settings as OpenAI repeats them. */
export function responseObject(
  body: JsonObject,
  identity: ResponseIdentity,
  state: ResponseState,
): JsonObject {
  const { id, createdAt, model } = identity;
  return {
    id,
    object: "response",
    created_at: createdAt,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.reason === undefined ? null : { reason: state.reason },
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model,
    output: state.output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...(isJsonObject(body.reasoning) ? body.reasoning : {}) },
    temperature: body.temperature ?? null,
    text: { format: { type: "text" }, ...(isJsonObject(body.text) ? body.text : {}) },
    tool_choice: body.tool_choice ?? "auto",
    tools: body.tools ?? [],
    top_logprobs: body.top_logprobs ?? 0,
    top_p: body.top_p ?? null,
    truncation: "disabled",
    usage: state.usage ?? null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
    ...state.more,
  };
}

/** Usage of a chat completion as a response reports it; null when the upstream told none. */
export function usageToResponses(usage: unknown): JsonObject | null {
  const counts = readUsage(usage);
  if (counts === undefined || !isJsonObject(usage)) return null;
  const details = isJsonObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const reasoningTokens = typeof details.reasoning_tokens === "number" ? details.reasoning_tokens : 0;
  return {
    input_tokens: counts.promptTokens,
    input_tokens_details: { cached_tokens: counts.cachedTokens },
    output_tokens: counts.completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: counts.promptTokens + counts.completionTokens,
  };
}

/** Reads the counts of a response's `usage`; undefined when it holds none. */
export function readResponseUsage(usage: unknown): TokenUsage | undefined {
  if (!isJsonObject(usage)) return undefined;
  return readUsage({
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    prompt_tokens_details: usage.input_tokens_details,
  });
}

/** How a finish reason of a chat completion ends a response. */
export interface ResponseEnding {
  readonly status: "completed" | "incomplete" | "failed";
  readonly reason?: string;
}

/** The ending that a chat's finish reason stands for; none at all is no ending that could be called complete. */
export function endingOf(finishReason: unknown): ResponseEnding {
  switch (finishReason) {
    case "length":
      return { status: "incomplete", reason: "max_output_tokens" };
    case "content_filter":
      return { status: "incomplete", reason: "content_filter" };
    // What vLLM and OpenRouter say of answers they gave up.
    case "abort":
    case "error":
    case "":
    case null:
    case undefined:
      return { status: "failed" };
    default:
      return { status: "completed" };
  }
}
