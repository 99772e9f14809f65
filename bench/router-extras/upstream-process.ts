/** A lean model server in a process of its own: what it does is read from the model's name, see `behaviourOf`. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What the server saw since the last reset. */
export interface UpstreamFigures {
  readonly calls: number;
  readonly completionTokens: number;
  readonly mostAtOnce: number;
}

const counts = { calls: 0, completionTokens: 0, mostAtOnce: 0 };
let underWay = 0;

/** The same numbers in every run: an upstream's luck must not differ between variants more than by their calls. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let random = createRandom(1);

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * `tN` waits N ms before the first token; `tail` waits log-normally around 150 ms and is twelve times as slow in three
 * of a hundred calls; `nN` has N tokens (default 10); `slots` answers sixteen calls at once and lets the others wait.
 */
function behaviourOf(model: string) {
  const number = (prefix: string) => Number(new RegExp(`_${prefix}(\\d+)`).exec(model)?.[1] ?? Number.NaN);
  const tailMs = () => 150 * Math.exp(0.35 * normal()) * (random() < 0.03 ? 12 : 1);
  return {
    firstMs: model.includes("_tail") ? tailMs() : number("t") || 0,
    tokens: number("n") || 10,
    hasSlots: model.includes("_slots"),
  };
}

const SLOTS = 16;
let taken = 0;
const queue: (() => void)[] = [];

async function takeSlot(): Promise<void> {
  if (taken >= SLOTS) await new Promise<void>((resolve) => queue.push(resolve));
  taken += 1;
}

function freeSlot(): void {
  taken -= 1;
  queue.shift()?.();
}

const wait = (ms: number) => (ms <= 0 ? undefined : new Promise((resolve) => setTimeout(resolve, ms)));

const token = "word and ";

function head(model: string, object: string) {
  return { id: "chatcmpl-bench", object, created: 1_700_000_000, model };
}

function sendWhole(response: ServerResponse, model: string, tokens: number): void {
  const message = { role: "assistant", content: token.repeat(tokens) };
  const usage = { prompt_tokens: 50, completion_tokens: tokens, total_tokens: 50 + tokens };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const text = JSON.stringify({ ...head(model, "chat.completion"), choices, usage });
  response.writeHead(200, { "content-type": "application/json" }).end(text);
}

function sendStream(response: ServerResponse, model: string, tokens: number): void {
  const event = (choices: object[], more = {}) =>
    `data: ${JSON.stringify({ ...head(model, "chat.completion.chunk"), choices, ...more })}\n\n`;
  const choice = (delta: object, reason: string | null = null) =>
    event([{ index: 0, delta, finish_reason: reason }]);
  const usage = { prompt_tokens: 50, completion_tokens: tokens, total_tokens: 50 + tokens };
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(choice({ role: "assistant", content: "" }));
  for (let index = 0; index < tokens; index += 1) response.write(choice({ content: token }));
  response.end(`${choice({}, "stop")}${event([], { usage })}data: [DONE]\n\n`);
}

const server = createServer(async (request, response) => {
  const body = (await json(request)) as { model: string; stream?: boolean };
  const { firstMs, tokens, hasSlots } = behaviourOf(body.model);
  counts.calls += 1;
  underWay += 1;
  counts.mostAtOnce = Math.max(counts.mostAtOnce, underWay);
  response.once("close", () => {
    underWay -= 1;
  });
  if (hasSlots) await takeSlot();
  await wait(firstMs);
  if (hasSlots) freeSlot();
  if (response.destroyed) return;
  counts.completionTokens += tokens;
  if (body.stream === true) sendStream(response, body.model, tokens);
  else sendWhole(response, body.model, tokens);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on("message", (question: string) => {
  process.send?.({ ...counts } satisfies UpstreamFigures);
  if (question !== "reset") return;
  Object.assign(counts, { calls: 0, completionTokens: 0, mostAtOnce: underWay });
  random = createRandom(1);
});
