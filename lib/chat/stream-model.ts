import { createAzure } from "@ai-sdk/azure";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, type LanguageModel, streamText } from "ai";
import { PRINCIPAL_HEADER, signPrincipal } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { environment } from "../platform/env.ts";
import { ownAddress } from "../platform/own-address.ts";
import { AppError } from "../shared/errors.ts";
import { UNPACED_METADATA } from "../shared/prompt-contract.ts";
import type { Prompt } from "./build-prompt.ts";
import { toModelError } from "./model-error.ts";

/** What a model's stream brings: thoughts from models that show them, text, then exactly one end. */
export type ModelEvent =
  | { readonly type: "text" | "reasoning"; readonly text: string }
  | {
      readonly type: "end";
      readonly finishReason: string;
      readonly promptTokens: number | null;
      readonly completionTokens: number | null;
      /** Which upstream of the router answered; null when no router stands between. */
      readonly upstream: string | null;
    };

/** One call of a chat model. */
export interface ModelCall {
  readonly principal: Principal;
  readonly model: string;
  readonly prompt: Prompt;
  /** Id under which the router writes its attempts. */
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** True when nobody reads along: the built-in model then answers at once. Not sent to other models. */
  readonly isUnpaced?: boolean;
  readonly maxOutputTokens?: number | undefined;
}

/** Total time a model may take for one answer; the router's own time-outs are tighter. */
const ANSWER_TIMEOUT_MS = 10 * 60_000;
const REWRITE_TIMEOUT_MS = 8_000;

/** Name under which the AI SDK takes options for the router. */
const ROUTER_PROVIDER = "vouch";

/** The AI SDK's model for a call: through the router of this program, or straight to a provider. */
export function languageModel(call: Pick<ModelCall, "principal" | "model" | "requestId">): LanguageModel {
  const env = environment();
  if (env.MODEL_ROUTE === "direct") {
    if (env.AZURE_API_KEY !== undefined && env.AZURE_RESOURCE_NAME !== undefined) {
      const azure = createAzure({
        resourceName: env.AZURE_RESOURCE_NAME,
        apiKey: env.AZURE_API_KEY,
        ...(env.AZURE_API_VERSION === undefined ? {} : { apiVersion: env.AZURE_API_VERSION }),
      });
      return azure.chat(call.model);
    }
    const openai = createOpenAI({
      ...(env.OPENAI_API_KEY === undefined ? {} : { apiKey: env.OPENAI_API_KEY }),
      ...(env.OPENAI_BASE_URL === undefined ? {} : { baseURL: env.OPENAI_BASE_URL }),
    });
    return openai.chat(call.model);
  }
  // Not the OpenAI provider: that one drops thoughts, and treats models by what their names remind it of.
  const router = createOpenAICompatible({
    name: ROUTER_PROVIDER,
    includeUsage: true,
    baseURL: `${ownAddress()}/v1`,
    // The signed principal is what authorises the call: limits and budgets act on the person, not on one shared key.
    apiKey: "signed-principal",
    headers: {
      [PRINCIPAL_HEADER]: signPrincipal(call.principal, { requestId: call.requestId }),
      "x-request-id": call.requestId,
    },
  });
  return router.chatModel(call.model);
}

type ModelStream = ReturnType<typeof streamText>;
type StreamPart = ModelStream["stream"] extends AsyncIterable<infer Part> ? Part : never;

/** What a part of the SDK's stream means here; undefined for what only frames it. */
function readPart(part: StreamPart): ModelEvent | undefined {
  switch (part.type) {
    case "text-delta":
    case "reasoning-delta":
      if (part.text === "") return undefined;
      return { type: part.type === "text-delta" ? "text" : "reasoning", text: part.text };
    case "error":
      throw part.error;
    case "abort":
      throw new AppError("model_timeout");
    case "finish":
      if (part.finishReason === "content-filter") throw new AppError("content_filtered");
      // Reason `other` is the SDK's for a stream that just ends.
      if (part.finishReason === "other" || part.finishReason === "error") throw new AppError("model_failed");
      return {
        type: "end",
        finishReason: part.finishReason,
        promptTokens: part.totalUsage.inputTokens ?? null,
        completionTokens: part.totalUsage.outputTokens ?? null,
        upstream: null,
      };
    default:
      return undefined;
  }
}

async function upstreamOf(result: ModelStream): Promise<string | null> {
  return (await result.response).headers?.["x-vouch-upstream"] ?? null;
}

/**
 * Streams a model's answer.
 *
 * @throws AppError `model_failed` and kin when nothing arrived; `stream_interrupted` when the stream broke off, also
 * one that just ends; `content_filtered` when the provider's filter ended it.
 */
export async function* streamModel(call: ModelCall): AsyncGenerator<ModelEvent> {
  const result = streamText({
    model: languageModel(call),
    instructions: call.prompt.instructions,
    messages: call.prompt.messages.map(({ role, content }) => ({ role, content })),
    abortSignal: call.signal,
    maxRetries: 0,
    temperature: 0,
    timeout: ANSWER_TIMEOUT_MS,
    ...(call.maxOutputTokens === undefined ? {} : { maxOutputTokens: call.maxOutputTokens }),
    ...(call.isUnpaced === true
      ? { providerOptions: { [ROUTER_PROVIDER]: { metadata: UNPACED_METADATA } } }
      : {}),
    // The error arrives as a part of the stream; without this the SDK also writes it to the console.
    onError: () => {},
  });
  let hasBegun = false;
  try {
    for await (const part of result.stream) {
      const event = readPart(part);
      if (event === undefined) continue;
      hasBegun = true;
      yield event.type === "end" ? { ...event, upstream: await upstreamOf(result) } : event;
    }
  } catch (error) {
    call.signal.throwIfAborted();
    // A connection cut in the middle comes as an error of the call, with status 200.
    if (error instanceof AppError && error.code !== "model_failed") throw error;
    throw hasBegun ? new AppError("stream_interrupted", { cause: error }) : toModelError(error);
  }
}

/** A short text from a model, for rewriting a follow-up; the caller falls back to rules when it fails. */
export async function completeModel(call: ModelCall): Promise<string> {
  const { text } = await generateText({
    model: languageModel(call),
    instructions: call.prompt.instructions,
    messages: call.prompt.messages.map(({ role, content }) => ({ role, content })),
    abortSignal: call.signal,
    maxRetries: 0,
    temperature: 0,
    maxOutputTokens: 200,
    timeout: REWRITE_TIMEOUT_MS,
  });
  return text;
}
