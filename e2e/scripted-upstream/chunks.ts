import { answerPrompt } from "./answer-prompt.ts";
import type { Plan } from "./plan.ts";

/** A request body as far as the script looks at it. */
export interface ChatBody {
  readonly model?: string;
  readonly messages?: readonly { readonly role?: unknown; readonly content?: unknown }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** One event of a scripted stream. */
export interface ScriptedEvent {
  /** JSON, or text that is none on purpose. */
  readonly data: string;
  /** True for chunks that carry content: faults and the ledger count these. */
  readonly isContent: boolean;
}

/** Rough token count both sides of a test can repeat: one per word. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

export function countPromptTokens(body: ChatBody): number {
  return (body.messages ?? []).reduce(
    (sum, { content }) =>
      sum + countWords(typeof content === "string" ? content : JSON.stringify(content ?? "")),
    0,
  );
}

/** The pieces of text a model streams. */
export function contentPieces(plan: Plan, body: ChatBody): string[] {
  if (!plan.isMock) return answerPrompt(body.messages ?? []).match(/\S+\s*/g) ?? [];
  const filler = plan.flags.has("big1")
    ? "x".repeat(300_000)
    : plan.flags.has("big100")
      ? "x".repeat(300_000)
      : undefined;
  const count = plan.flags.has("big100") ? 100 : plan.flags.has("big1") ? 1 : plan.tokens;
  const accents = plan.flags.has("utf") ? "é漢😀" : "";
  return Array.from({ length: count }, (_, index) => filler ?? `tok${index}${accents} `);
}

/** All events of a stream in order, without `[DONE]`. */
export function scriptedEvents(plan: Plan, body: ChatBody, model: string): ScriptedEvent[] {
  const base = { id: "chatcmpl-scripted", object: "chat.completion.chunk", created: 1_700_000_000, model };
  const { flags } = plan;
  const chunk = (
    delta: object,
    finish: string | null = null,
    isContent = false,
    index = 0,
  ): ScriptedEvent => ({
    data: JSON.stringify(
      { ...base, choices: [{ index, delta, finish_reason: finish }] },
      null,
      flags.has("multi") ? 1 : 0,
    ),
    isContent,
  });
  const pieces = contentPieces(plan, body);
  const events: ScriptedEvent[] = [];
  if (flags.has("azf")) {
    const prompt_filter_results = [
      { prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: "safe" } } },
    ];
    events.push({ data: JSON.stringify({ ...base, choices: [], prompt_filter_results }), isContent: false });
  }
  events.push(chunk({ role: "assistant", content: "" }));
  const key = flags.has("reasoning")
    ? "reasoning"
    : flags.has("reasoningOld")
      ? "reasoning_content"
      : undefined;
  if (key !== undefined)
    events.push(chunk({ [key]: "Let me " }, null, true), chunk({ [key]: "think." }, null, true));
  if (flags.has("tool")) events.push(...toolCalls(chunk));
  for (const [at, content] of pieces.entries()) {
    events.push(chunk({ content }, null, true));
    if (flags.has("bad") && at === 1)
      events.push({ data: '{"choices":[{"index":0,"delta":{"content":"lo', isContent: false });
  }
  if (!flags.has("doneOnly")) events.push(chunk({}, flags.has("tool") ? "tool_calls" : "stop"));
  if (body.stream_options?.include_usage === true && !flags.has("noUsage")) {
    events.push({
      data: JSON.stringify({ ...base, choices: [], usage: usageOf(body, pieces.length) }),
      isContent: false,
    });
  }
  return events;
}

function toolCalls(
  chunk: (delta: object, finish?: string | null, isContent?: boolean) => ScriptedEvent,
): ScriptedEvent[] {
  const begin = [0, 1].map((index) =>
    chunk(
      {
        tool_calls: [
          { index, id: `call_${index}`, type: "function", function: { name: "look_up", arguments: "" } },
        ],
      },
      null,
      true,
    ),
  );
  const parts = ['{"na', 'me":"', 'x"}'].flatMap((part) =>
    [0, 1].map((index) => chunk({ tool_calls: [{ index, function: { arguments: part } }] }, null, true)),
  );
  return [...begin, ...parts];
}

/** The usage the upstream reports: a quarter of the prompt came from a cache when there is one. */
export function usageOf(body: ChatBody, completionTokens: number) {
  const promptTokens = countPromptTokens(body);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: Math.floor(promptTokens / 4) },
  };
}

/** A whole answer. */
export function scriptedCompletion(plan: Plan, body: ChatBody, model: string) {
  const pieces = contentPieces(plan, body);
  const reasoning = plan.flags.has("reasoning") ? { reasoning: "Let me think." } : {};
  return {
    id: "chatcmpl-scripted",
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: pieces.join(""), ...reasoning },
        finish_reason: "stop",
      },
    ],
    ...(plan.flags.has("noUsage") ? {} : { usage: usageOf(body, pieces.length) }),
  };
}
