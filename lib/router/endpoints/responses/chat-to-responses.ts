import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { STREAM_INTERRUPTED } from "../client-encoder.ts";
import { functionCallItem, messageItem, reasoningItem, refusalPart, textPart } from "./output-items.ts";
import {
  endingOf,
  prefixedId,
  type ResponseDeps,
  realResponseDeps,
  responseObject,
  usageToResponses,
} from "./response-object.ts";

/**
 * The Response object for a whole chat completion.
 *
 * @param reply the upstream's `chat.completion`; its first choice is the answer.
 * @param body the client's Responses request, whose settings the object repeats.
 */
export function chatToResponses(
  reply: JsonObject,
  body: JsonObject,
  deps: ResponseDeps = realResponseDeps,
): JsonObject {
  const choice = firstChoice(reply);
  const ending = endingOf(choice.finish_reason);
  const status = ending.status === "completed" ? "completed" : "incomplete";
  const createdAt = typeof reply.created === "number" ? reply.created : Math.floor(deps.now() / 1000);
  return responseObject(
    body,
    { id: prefixedId("resp", deps), createdAt, model: nonEmpty(reply.model) ?? String(body.model) },
    {
      status: ending.status,
      reason: ending.reason,
      output: outputOf(choice, status, deps),
      usage: usageToResponses(reply.usage),
      more: extrasOf(reply, choice),
      ...(ending.status === "failed" ? { error: STREAM_INTERRUPTED } : {}),
    },
  );
}

function firstChoice(reply: JsonObject): JsonObject {
  const first: unknown = Array.isArray(reply.choices) ? reply.choices[0] : undefined;
  return isJsonObject(first) ? first : {};
}

function outputOf(choice: JsonObject, status: "completed" | "incomplete", deps: ResponseDeps): JsonObject[] {
  const message = isJsonObject(choice.message) ? choice.message : {};
  const output: JsonObject[] = [];
  const reasoning = nonEmpty(message.reasoning) ?? nonEmpty(message.reasoning_content);
  if (reasoning !== undefined) output.push(reasoningItem(prefixedId("rs", deps), reasoning, "completed"));
  const parts: JsonObject[] = [];
  const text = nonEmpty(message.content);
  if (text !== undefined) parts.push(textPart(text, logprobsOf(choice)));
  const refusal = nonEmpty(message.refusal);
  if (refusal !== undefined) parts.push(refusalPart(refusal));
  if (parts.length > 0) output.push(messageItem(prefixedId("msg", deps), parts, status));
  const calls: unknown[] = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  for (const call of calls) {
    if (!isJsonObject(call) || !isJsonObject(call.function)) continue;
    const described = {
      callId: nonEmpty(call.id) ?? prefixedId("call", deps),
      name: String(call.function.name),
      arguments: typeof call.function.arguments === "string" ? call.function.arguments : "{}",
    };
    output.push(functionCallItem(prefixedId("fc", deps), described, status));
  }
  return output;
}

/** Log probabilities of the tokens of a choice or of a chunk's choice. */
export function logprobsOf(choice: JsonObject): readonly unknown[] {
  const { logprobs } = choice;
  return isJsonObject(logprobs) && Array.isArray(logprobs.content) ? logprobs.content : [];
}

/** What clients of Azure and of OpenAI's tiers look for beside the answer. */
export function extrasOf(reply: JsonObject, choice: JsonObject): JsonObject {
  const extras: JsonObject = {};
  if (reply.service_tier !== undefined) extras.service_tier = reply.service_tier;
  if (reply.prompt_filter_results !== undefined) extras.prompt_filter_results = reply.prompt_filter_results;
  if (choice.content_filter_results !== undefined)
    extras.content_filter_results = choice.content_filter_results;
  return extras;
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
