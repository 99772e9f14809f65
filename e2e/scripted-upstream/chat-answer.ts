import type { Plan } from "./plan.ts";
import type { Script, ScriptedEvent } from "./script.ts";
import type { ScriptBody } from "./script-body.ts";

const CREATED_SECONDS = 1_700_000_000;

const safe = { hate: { filtered: false, severity: "safe" }, violence: { filtered: false, severity: "safe" } };

const promptFilterResults = [{ prompt_index: 0, content_filter_results: safe }];

/** A plausible log probability for a token: the same for the same token. */
export function logProbabilityOf(token: string): number {
  return -((token.length % 7) + 1) / 10;
}

function logprobsOf(tokens: readonly string[]) {
  const content = tokens.map((token) => ({
    token,
    logprob: logProbabilityOf(token),
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }));
  return { content, refusal: null };
}

/** Makes the chunks of one stream. */
class ChunkMaker {
  readonly #plan: Plan;
  readonly #body: ScriptBody;
  readonly #base: object;

  constructor(plan: Plan, body: ScriptBody, model: string) {
    this.#plan = plan;
    this.#body = body;
    this.#base = {
      id: "chatcmpl-scripted",
      object: "chat.completion.chunk",
      created: CREATED_SECONDS,
      model,
    };
  }

  bare(more: object): ScriptedEvent {
    return { data: JSON.stringify({ ...this.#base, choices: [], ...more }), isContent: false };
  }

  start(index: number): ScriptedEvent {
    return this.#chunk({ index, delta: { role: "assistant", content: "" }, finish_reason: null }, false);
  }

  content(delta: object, index = 0, token?: string): ScriptedEvent {
    const filter = this.#plan.flags.has("azf") ? { content_filter_results: safe } : {};
    const logprobs =
      token !== undefined && this.#body.logprobs === true ? { logprobs: logprobsOf([token]) } : {};
    return this.#chunk({ index, delta, finish_reason: null, ...logprobs, ...filter }, true);
  }

  finish(index: number, reason: string): ScriptedEvent {
    return this.#chunk({ index, delta: {}, finish_reason: reason }, false);
  }

  #chunk(choice: object, isContent: boolean): ScriptedEvent {
    const indent = this.#plan.flags.has("multi") ? 1 : 0;
    return { data: JSON.stringify({ ...this.#base, choices: [choice] }, null, indent), isContent };
  }
}

/** All events of a stream of chat completions in order, without `[DONE]`. */
export function chatEvents(plan: Plan, body: ScriptBody, model: string, script: Script): ScriptedEvent[] {
  const { flags } = plan;
  const make = new ChunkMaker(plan, body, model);
  const events: ScriptedEvent[] = [];
  if (flags.has("azf")) events.push(make.bare({ prompt_filter_results: promptFilterResults }));
  for (const index of script.choices.keys()) events.push(make.start(index));
  for (let more = 0; more < plan.startEvents; more += 1) events.push(make.start(0));
  const key = flags.has("reasoning") ? "reasoning" : "reasoning_content";
  for (const thought of script.reasoning) events.push(make.content({ [key]: thought }));
  events.push(...callEvents(make, script));
  const longest = Math.max(0, ...script.choices.map((pieces) => pieces.length));
  for (let at = 0; at < longest; at += 1) {
    for (const [index, pieces] of script.choices.entries()) {
      const content = pieces[at];
      if (content !== undefined) events.push(make.content({ content }, index, content));
    }
    if (flags.has("bad") && at === 1)
      events.push({ data: '{"choices":[{"index":0,"delta":{"content":"lo', isContent: false });
  }
  if (!flags.has("doneOnly"))
    for (const index of script.choices.keys()) events.push(make.finish(index, script.finish));
  if (body.stream_options?.include_usage === true && script.usage !== undefined)
    events.push(make.bare({ usage: script.usage }));
  return events;
}

/** Parallel calls: all begin, then their fragments come in turns. */
function callEvents(make: ChunkMaker, { calls }: Script): ScriptedEvent[] {
  const events = calls.map(({ id, name }, index) =>
    make.content({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
  );
  const longest = Math.max(0, ...calls.map(({ argumentParts }) => argumentParts.length));
  for (let at = 0; at < longest; at += 1) {
    for (const [index, { argumentParts }] of calls.entries()) {
      const part = argumentParts[at];
      if (part !== undefined)
        events.push(make.content({ tool_calls: [{ index, function: { arguments: part } }] }));
    }
  }
  return events;
}

/** A whole chat completion. */
export function chatCompletion(plan: Plan, body: ScriptBody, model: string, script: Script): object {
  const { flags } = plan;
  const reasoning =
    script.reasoning.length === 0
      ? {}
      : { [flags.has("reasoning") ? "reasoning" : "reasoning_content"]: script.reasoning.join("") };
  const tool_calls = script.calls.map(({ id, name, argumentParts }) => ({
    id,
    type: "function",
    function: { name, arguments: argumentParts.join("") },
  }));
  const choices = script.choices.map((pieces, index) => ({
    index,
    message: {
      role: "assistant",
      content: tool_calls.length > 0 && pieces.length === 0 ? null : pieces.join(""),
      ...reasoning,
      ...(tool_calls.length === 0 ? {} : { tool_calls }),
    },
    ...(body.logprobs === true ? { logprobs: logprobsOf(pieces) } : {}),
    finish_reason: script.finish,
    ...(flags.has("azf") ? { content_filter_results: safe } : {}),
  }));
  return {
    id: "chatcmpl-scripted",
    object: "chat.completion",
    created: CREATED_SECONDS,
    model,
    ...(flags.has("azf") ? { prompt_filter_results: promptFilterResults } : {}),
    choices,
    ...(script.usage === undefined ? {} : { usage: script.usage }),
  };
}
