import { z } from "zod";
import { AppError } from "../../shared/errors.ts";
import { type PromptMessage, withoutMarkers } from "../build-prompt.ts";
import { type PastTurn, rewriteQuestionByRules } from "../rewrite-question.ts";

const textPartSchema = z.looseObject({ type: z.literal("text"), text: z.string() });
const contentSchema = z.union([z.string(), z.array(textPartSchema)]);
const requestSchema = z.looseObject({
  messages: z
    .array(
      z.discriminatedUnion("role", [
        z.looseObject({ role: z.enum(["system", "developer", "user"]), content: contentSchema }),
        z.looseObject({ role: z.literal("assistant"), content: contentSchema.nullish() }),
      ]),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().nullish(),
  max_completion_tokens: z.number().int().nullish(),
  n: z.literal(1).nullish(),
  tools: z.array(z.unknown()).max(0).nullish(),
  functions: z.array(z.unknown()).max(0).nullish(),
  response_format: z.looseObject({ type: z.literal("text") }).nullish(),
});

/** What is told of a field that cannot be honoured. */
const REFUSALS: Readonly<Record<string, string>> = {
  messages:
    "Models of collections take messages of the roles system, developer, user and assistant, with text content only.",
  n: "Models of collections write one answer: `n` must be 1.",
  tools: "Models of collections use no tools.",
  functions: "Models of collections use no tools.",
  response_format: "Models of collections answer in text with citations: `response_format` must be text.",
};

/** Longest question, characters. */
const QUESTION_LENGTH_MAX = 32_000;

/** A chat completion request as the answering reads it. */
export interface CollectionQuestion {
  readonly question: string;
  /** The earlier messages, oldest first. */
  readonly history: readonly PromptMessage[];
  readonly turns: readonly PastTurn[];
  /** What the system messages ask for; ranks below our own rules. */
  readonly instructions: string | undefined;
  readonly isStream: boolean;
  readonly includesUsage: boolean;
  readonly maxOutputTokens: number | undefined;
}

function textOf(content: z.infer<typeof contentSchema> | null | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text).join("\n");
}

/**
 * Reads a chat completion request: the last message is the question, the ones before it are its conversation.
 *
 * @throws AppError `invalid_request` that says what cannot be honoured.
 */
export function readChatRequest(body: unknown): CollectionQuestion {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? "");
    throw new AppError("invalid_request", {
      message: REFUSALS[field] ?? `The field \`${field}\` is not valid.`,
    });
  }
  const { messages, stream, stream_options, max_tokens, max_completion_tokens } = parsed.data;
  const last = messages.at(-1);
  const question = last?.role === "user" ? textOf(last.content).trim() : "";
  if (question === "" || question.length > QUESTION_LENGTH_MAX) {
    throw new AppError("invalid_request", {
      message: `The last message must be the user's question, of at most ${QUESTION_LENGTH_MAX} characters.`,
    });
  }
  const history: PromptMessage[] = [];
  const instructions: string[] = [];
  for (const { role, content } of messages.slice(0, -1)) {
    const text = textOf(content);
    if (text.trim() === "") continue;
    if (role === "user" || role === "assistant") history.push({ role, content: text });
    else instructions.push(text);
  }
  return {
    question,
    history,
    turns: turnsOf(history),
    instructions: instructions.length === 0 ? undefined : instructions.join("\n"),
    isStream: stream === true,
    includesUsage: stream_options?.include_usage === true,
    maxOutputTokens: max_completion_tokens ?? max_tokens ?? undefined,
  };
}

/** Earlier questions, each made to stand alone by the ones before it, with their answers. */
function turnsOf(history: readonly PromptMessage[]): PastTurn[] {
  const turns: PastTurn[] = [];
  for (const [index, { role, content }] of history.entries()) {
    if (role !== "user") continue;
    const next = history[index + 1];
    turns.push({
      question: rewriteQuestionByRules(content, turns).question,
      answer: next?.role === "assistant" ? withoutMarkers(next.content) : "",
    });
  }
  return turns;
}
