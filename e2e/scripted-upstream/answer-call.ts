import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { chatCompletion, chatEvents } from "./chat-answer.ts";
import { embeddings } from "./embeddings.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { refuse } from "./refuse.ts";
import { type RerankBody, rerank } from "./rerank.ts";
import { responseEvents, wholeResponse } from "./responses-answer.ts";
import { type Script, type ScriptedEvent, writeScript } from "./script.ts";
import { countImages, countPromptTokens, messagesOf, type ScriptBody, textOfMessage } from "./script-body.ts";
import { sendJson } from "./send-json.ts";
import { sendStream } from "./send-stream.ts";
import { textCompletion, textEvents } from "./text-answer.ts";

/** The interfaces the upstream has. */
export type Operation = "chat/completions" | "completions" | "responses" | "embeddings" | "rerank";

/** The same interface over any way of asking. */
interface Form {
  events(plan: Plan, body: ScriptBody, model: string, script: Script): ScriptedEvent[];
  whole(plan: Plan, body: ScriptBody, model: string, script: Script): object;
}

const forms: Record<"chat/completions" | "completions" | "responses", Form> = {
  "chat/completions": { events: chatEvents, whole: chatCompletion },
  completions: { events: textEvents, whole: textCompletion },
  responses: { events: responseEvents, whole: wholeResponse },
};

/** Intervals of answers to real prompts, ms: fast enough for tests, slow enough to be seen streaming. */
const ANSWER_INTERVAL_MS = 20;

/** And when the question says "take your time": long enough to be stopped or reloaded in the middle. */
const UNHURRIED_INTERVAL_MS = 200;

function answerIntervalMs(body: ScriptBody): number {
  const question = textOfMessage(messagesOf(body).findLast(({ role }) => role === "user"));
  return /take your time/i.test(question) ? UNHURRIED_INTERVAL_MS : ANSWER_INTERVAL_MS;
}

/** Answers a call as its plan says and writes into its entry what really went out. */
export async function answerCall(
  operation: Operation,
  response: ServerResponse,
  body: ScriptBody & RerankBody,
  entry: LedgerEntry,
  named: Plan,
): Promise<void> {
  const plan = named.isMock ? named : { ...named, intervalMs: answerIntervalMs(body) };
  if (plan.flags.has("spill")) {
    response.setHeader("x-ms-is-spilled-over", "true");
    response.setHeader("x-ms-spillover-from-deployment", `${entry.model}-ptu`);
  }
  if (refuse(response, plan)) {
    entry.isComplete = true;
    return;
  }
  if (operation === "embeddings" || operation === "rerank") {
    await pause(plan.delayMs, response);
    if (response.destroyed || breakReply(response, plan, entry)) return;
    const answer =
      operation === "rerank" ? rerank(body, entry.model, plan.flags) : embeddings(body.input, entry.model);
    entry.promptTokens = answer.usage.total_tokens;
    finish(response, entry, answer);
    return;
  }
  const script = writeScript(plan, body);
  entry.promptTokens = countPromptTokens(body);
  entry.images = countImages(body);
  const form = forms[operation];
  if (body.stream === true) {
    const events = form.events(plan, body, entry.model, script);
    const reported = operation === "responses" || body.stream_options?.include_usage === true;
    await sendStream(response, plan, { operation, events }, entry);
    if (entry.isComplete && reported) entry.tokensReported = script.usage?.completion_tokens ?? 0;
    return;
  }
  await pause(plan.delayMs, response);
  if (response.destroyed || breakReply(response, plan, entry)) return;
  entry.tokensSent = script.tokens;
  entry.tokensReported = script.usage?.completion_tokens ?? 0;
  finish(response, entry, form.whole(plan, body, entry.model, script));
}

async function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms === 0) return;
  const left = new AbortController();
  response.once("close", () => left.abort());
  // A caller that left needs no answer; the ledger has it.
  await sleep(ms, undefined, { signal: left.signal, ref: false }).catch(() => {});
}

/** A whole answer has no middle to break in: its faults come before the first byte. Returns true when it broke. */
function breakReply(response: ServerResponse, { fault }: Plan, entry: LedgerEntry): boolean {
  if (fault === undefined) return false;
  if (fault.kind === "stall") return true;
  entry.isBroken = true;
  if (fault.kind === "reset") response.socket?.resetAndDestroy();
  else response.socket?.end();
  return true;
}

function finish(response: ServerResponse, entry: LedgerEntry, answer: object): void {
  if (response.destroyed) return;
  entry.isComplete = true;
  sendJson(response, 200, answer);
}
