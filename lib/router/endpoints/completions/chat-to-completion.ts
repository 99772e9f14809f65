import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import { type ClientEncoder, errorEvent, STREAM_INTERRUPTED } from "../client-encoder.ts";
import { promptText } from "./prompt-to-chat.ts";

/** The text completion for a whole chat completion. */
export function chatToCompletion(reply: JsonObject, body: JsonObject): JsonObject {
  const echo = body.echo === true ? promptText(body.prompt) : "";
  const choices: unknown[] = Array.isArray(reply.choices) ? reply.choices : [];
  return {
    ...reply,
    id: completionId(reply.id),
    object: "text_completion",
    choices: choices.filter(isJsonObject).map((choice, at) => {
      const message = isJsonObject(choice.message) ? choice.message : {};
      const text = echo + (typeof message.content === "string" ? message.content : "");
      return completionChoice(choice, at, text, { offset: echo.length });
    }),
  };
}

/** Writes the chunks of a chat completion as those of a text completion. */
export function createCompletionEncoder(body: JsonObject): ClientEncoder {
  const echo = body.echo === true ? promptText(body.prompt) : "";
  const options = isJsonObject(body.stream_options) ? body.stream_options : {};
  /** Characters written so far, by choice. */
  const written = new Map<number, number>();
  return {
    chunk: (chunk) => {
      const choices: unknown[] = Array.isArray(chunk.choices) ? chunk.choices : [];
      const shown = choices.filter(isJsonObject).flatMap((choice) => {
        const index = typeof choice.index === "number" ? choice.index : 0;
        const offset = written.get(index);
        const delta = isJsonObject(choice.delta) ? choice.delta : {};
        const content = typeof delta.content === "string" ? delta.content : "";
        const text = (offset === undefined ? echo : "") + content;
        // The role and the reasoning of a chat have no place in a text completion.
        if (text === "" && typeof choice.finish_reason !== "string") return [];
        written.set(index, (offset ?? 0) + text.length);
        return [completionChoice(choice, index, text, { offset: offset ?? echo.length })];
      });
      const hasUsage = isJsonObject(chunk.usage) && options.include_usage === true;
      const isFilterReport = chunk.prompt_filter_results !== undefined;
      if (shown.length === 0 && !hasUsage && !isFilterReport) return "";
      const { usage, ...rest } = chunk;
      const event = {
        ...rest,
        id: completionId(chunk.id),
        object: "text_completion",
        choices: shown,
        ...(options.include_usage === true ? { usage: usage ?? null } : {}),
      };
      return `data: ${JSON.stringify(event)}\n\n`;
    },
    done: () => "data: [DONE]\n\n",
    interrupted: (error = STREAM_INTERRUPTED) => errorEvent(error),
  };
}

function completionId(id: unknown): string {
  return typeof id === "string" ? id.replace(/^chatcmpl-/, "cmpl-") : "cmpl-chat";
}

function completionChoice(
  choice: JsonObject,
  at: number,
  text: string,
  { offset }: { offset: number },
): JsonObject {
  const { message: _message, delta: _delta, logprobs, finish_reason, index, ...more } = choice;
  return {
    ...more,
    index: typeof index === "number" ? index : at,
    text,
    logprobs: completionLogprobs(logprobs, offset),
    finish_reason: finish_reason ?? null,
  };
}

/** Log probabilities in the form text completions have: lists side by side. */
function completionLogprobs(logprobs: unknown, start: number): JsonObject | null {
  if (!isJsonObject(logprobs) || !Array.isArray(logprobs.content)) return null;
  const entries = logprobs.content.filter(isJsonObject);
  let offset = start;
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: entries.map(({ top_logprobs: top }) =>
      Object.fromEntries(
        (Array.isArray(top) ? top : []).filter(isJsonObject).map(({ token, logprob }) => [token, logprob]),
      ),
    ),
    text_offset: entries.map(({ token }) => {
      const at = offset;
      offset += String(token).length;
      return at;
    }),
  };
}
