import { logProbabilityOf } from "./chat-answer.ts";
import type { Plan } from "./plan.ts";
import type { Script, ScriptedEvent } from "./script.ts";
import type { ScriptBody } from "./script-body.ts";

const base = { id: "cmpl-scripted", object: "text_completion", created: 1_700_000_000 };

function logprobsOf(tokens: readonly string[], offset: number) {
  let at = offset;
  const text_offset = tokens.map((token) => {
    at += token.length;
    return at - token.length;
  });
  return { tokens, token_logprobs: tokens.map(logProbabilityOf), top_logprobs: null, text_offset };
}

/** All events of a stream of `/completions` in order, without `[DONE]`. */
export function textEvents(plan: Plan, body: ScriptBody, model: string, script: Script): ScriptedEvent[] {
  const withLogprobs = typeof body.logprobs === "number";
  const chunk = (more: object, isContent: boolean): ScriptedEvent => ({
    data: JSON.stringify({ ...base, model, ...more }),
    isContent,
  });
  const events: ScriptedEvent[] = [];
  for (const [index, pieces] of script.choices.entries()) {
    let offset = 0;
    for (const text of pieces) {
      const logprobs = withLogprobs ? logprobsOf([text], offset) : null;
      events.push(chunk({ choices: [{ index, text, logprobs, finish_reason: null }] }, true));
      offset += text.length;
    }
    if (plan.flags.has("doneOnly")) continue;
    events.push(
      chunk({ choices: [{ index, text: "", logprobs: null, finish_reason: script.finish }] }, false),
    );
  }
  if (body.stream_options?.include_usage === true && script.usage !== undefined)
    events.push(chunk({ choices: [], usage: script.usage }, false));
  return events;
}

/** A whole answer of `/completions`. */
export function textCompletion(_plan: Plan, body: ScriptBody, model: string, script: Script): object {
  const choices = script.choices.map((pieces, index) => ({
    index,
    text: pieces.join(""),
    logprobs: typeof body.logprobs === "number" ? logprobsOf(pieces, 0) : null,
    finish_reason: script.finish,
  }));
  return { ...base, model, choices, ...(script.usage === undefined ? {} : { usage: script.usage }) };
}
