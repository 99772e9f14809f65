import { isHttpUpstream, type UpstreamConfig } from "../config/router-config.ts";
import { isJsonObject, type JsonObject } from "../http/read-json-body.ts";
import type { StreamReading } from "../stream/read-chunk.ts";
import {
  estimateTokensByLength,
  nameReasoningTwice,
  readChunk,
  readUsage,
  type TokenUsage,
} from "../stream/read-chunk.ts";
import type { Endpoint } from "../upstreams/upstream.ts";
import { type ClientEncoder, createPassThroughEncoder } from "./client-encoder.ts";
import { chatToCompletion, createCompletionEncoder } from "./completions/chat-to-completion.ts";
import { promptToChat } from "./completions/prompt-to-chat.ts";
import { chatToResponses } from "./responses/chat-to-responses.ts";
import { createNativeResponseEncoder, readResponseEvent } from "./responses/native-events.ts";
import { createResponseEncoder } from "./responses/response-encoder.ts";
import type { ResponseItems } from "./responses/response-items.ts";
import { readResponseUsage } from "./responses/response-object.ts";
import { responsesToChat } from "./responses/responses-to-chat.ts";

/** How a request to one of our endpoints is asked of one upstream, and how its answer gets back into shape. */
export interface EndpointAdapter {
  /** What the upstream is asked. */
  readonly endpoint: Endpoint;
  readonly body: JsonObject;
  /** Choices a whole answer has. */
  readonly expectedChoices: number;
  /** True when chunks that carry the usage alone are for the encoder; otherwise they are taken out. */
  readonly withUsage: boolean;
  /** One for each attempt of which nothing was shown; a continuation goes on with the encoder before it. */
  createEncoder(): ClientEncoder;
  readChunk(chunk: JsonObject): StreamReading;
  /** True when a whole answer has the form it should have. */
  isReply(json: JsonObject): boolean;
  readUsage(json: JsonObject): TokenUsage | undefined;
  /** Estimated completion tokens of a whole answer, for upstreams that tell no usage. */
  completionTokens(json: JsonObject): number;
  /** The answer as the client wants it; undefined when the upstream's own bytes are that. */
  toClient(json: JsonObject): JsonObject | undefined;
}

/**
 * The adapter for one endpoint and one upstream. An upstream without an endpoint of its own is asked for a chat
 * completion.
 *
 * @param items what the caller's earlier responses held, for requests that name items by id.
 * @throws ApiError 400 when the upstream is to be asked for a chat and the body wants what no chat can do.
 */
export function adaptEndpoint(
  endpoint: Endpoint,
  body: JsonObject,
  upstream: UpstreamConfig,
  items?: ResponseItems,
): EndpointAdapter {
  const isMapped = (own: "responses" | "completions") =>
    endpoint === own && (!isHttpUpstream(upstream) || upstream[own] === "mapped");
  if (isMapped("responses")) return adaptResponses(body, upstream, items);
  if (isMapped("completions")) return adaptCompletions(body, upstream);
  switch (endpoint) {
    case "responses":
      return nativeResponses(body);
    case "embeddings":
      return listAnswer(endpoint, body, "data");
    case "rerank":
      return { ...listAnswer(endpoint, body, "results"), readUsage: readRerankUsage };
    default:
      return generating(endpoint, body);
  }
}

/** Chat and text completions pass as they are. */
function generating(endpoint: "chat/completions" | "completions", body: JsonObject): EndpointAdapter {
  return {
    endpoint,
    body,
    expectedChoices: choicesOf(body),
    withUsage: isJsonObject(body.stream_options) && body.stream_options.include_usage === true,
    ...generatingFunctions,
  };
}

/** One of each for all requests: an adapter lives as long as its stream. */
const generatingFunctions = {
  createEncoder: createPassThroughEncoder,
  readChunk: readStreamedChunk,
  isReply: (json: JsonObject) => Array.isArray(json.choices),
  readUsage: (json: JsonObject) => readUsage(json.usage),
  completionTokens: (json: JsonObject) => estimateChoices(json.choices),
  toClient: (json: JsonObject) => (nameReasoningTwice(json, "message") ? json : undefined),
};

function choicesOf({ n, prompt }: JsonObject): number {
  const each = typeof n === "number" && n > 1 ? n : 1;
  const isList = Array.isArray(prompt) && typeof prompt[0] !== "number";
  return each * (isList ? Math.max(1, prompt.length) : 1);
}

function readStreamedChunk(chunk: JsonObject): StreamReading {
  const error = isJsonObject(chunk.error) ? chunk.error : undefined;
  return Object.assign(readChunk(chunk), { error });
}

function estimateChoices(choices: unknown): number {
  if (!Array.isArray(choices)) return 0;
  return choices.filter(isJsonObject).reduce((sum, choice) => {
    const message = isJsonObject(choice.message) ? choice.message : {};
    const texts = [choice.text, message.content, message.reasoning ?? message.reasoning_content];
    const calls = message.tool_calls === undefined ? 0 : JSON.stringify(message.tool_calls).length;
    const characters = texts.reduce<number>(
      (length, text) => length + (typeof text === "string" ? text.length : 0),
      calls,
    );
    return sum + estimateTokensByLength(characters);
  }, 0);
}

/** Answers that are a list and nothing generated. */
function listAnswer(
  endpoint: "embeddings" | "rerank",
  body: JsonObject,
  list: "data" | "results",
): EndpointAdapter {
  return {
    ...generating("chat/completions", body),
    endpoint,
    isReply: (json) => Array.isArray(json[list]),
    completionTokens: () => 0,
    toClient: () => undefined,
  };
}

/** vLLM, Jina and others count all tokens; some call them prompt tokens as well. */
export function readRerankUsage({ usage }: JsonObject): TokenUsage | undefined {
  if (!isJsonObject(usage)) return undefined;
  return readUsage({
    ...usage,
    prompt_tokens: usage.prompt_tokens ?? usage.total_tokens,
    completion_tokens: 0,
  });
}

function nativeResponses(body: JsonObject): EndpointAdapter {
  return {
    endpoint: "responses",
    body,
    expectedChoices: 1,
    withUsage: true,
    createEncoder: createNativeResponseEncoder,
    readChunk: readResponseEvent,
    isReply: (json) => Array.isArray(json.output),
    readUsage: (json) => readResponseUsage(json.usage),
    completionTokens: (json) => estimateTokensByLength(JSON.stringify(json.output ?? "").length),
    toClient: () => undefined,
  };
}

function adaptResponses(
  body: JsonObject,
  upstream: UpstreamConfig,
  items: ResponseItems | undefined,
): EndpointAdapter {
  const chat = withLimitOf(
    upstream,
    responsesToChat(body, (id) => items?.find(id)),
  );
  const keep = body.store === false ? undefined : items?.keep;
  return {
    ...generating("chat/completions", chat),
    expectedChoices: 1,
    createEncoder: () => createResponseEncoder(body, keep),
    toClient: (json) => {
      const response = chatToResponses(json, body);
      if (Array.isArray(response.output)) keep?.(response.output);
      return response;
    },
  };
}

function adaptCompletions(body: JsonObject, upstream: UpstreamConfig): EndpointAdapter {
  return {
    ...generating("chat/completions", withLimitOf(upstream, promptToChat(body))),
    createEncoder: () => createCompletionEncoder(body),
    toClient: (json) => chatToCompletion(json, body),
  };
}

/** Ollama knows the older name of the limit only. */
function withLimitOf(upstream: UpstreamConfig, chat: JsonObject): JsonObject {
  if (upstream.kind !== "ollama" || chat.max_completion_tokens === undefined) return chat;
  const { max_completion_tokens: limit, ...rest } = chat;
  return { ...rest, max_tokens: limit };
}
