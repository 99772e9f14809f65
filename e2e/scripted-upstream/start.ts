import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChatBody, countPromptTokens, scriptedCompletion } from "./chunks.ts";
import { createLedger, type Ledger, type LedgerEntry } from "./ledger.ts";
import { readPlan } from "./plan.ts";
import { sendStream } from "./send-stream.ts";

/** A running scripted upstream. */
export interface ScriptedUpstream {
  /** `http://127.0.0.1:port`; the interface is under `/v1`, Azure's under `/openai`. */
  readonly url: string;
  readonly ledger: Ledger;
  /** Connections open now. */
  openConnections(): number;
  close(): Promise<void>;
}

/** Intervals of answers to real prompts, ms: fast enough for tests, slow enough to be seen streaming. */
const ANSWER_INTERVAL_MS = 20;

/** And when the question says "take your time": long enough to be stopped or reloaded in the middle. */
const UNHURRIED_INTERVAL_MS = 200;

function answerIntervalMs(body: { readonly messages?: readonly { readonly content?: unknown }[] }): number {
  const question = JSON.stringify(body.messages?.at(-1)?.content ?? "");
  return /take your time/i.test(question) ? UNHURRIED_INTERVAL_MS : ANSWER_INTERVAL_MS;
}
const EMBEDDING_DIMENSIONS = 64;

/** Starts the upstream on loopback; port 0 takes a free one. */
export async function startScriptedUpstream(
  options: { readonly port?: number } = {},
): Promise<ScriptedUpstream> {
  const ledger = createLedger();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    answer(request, response, ledger).catch(() => response.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ledger,
    openConnections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<ChatBody & { input?: unknown }> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  const text = Buffer.concat(pieces).toString("utf8");
  return text === "" ? {} : JSON.parse(text);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

const azurePath = /^\/openai\/(?:deployments\/([^/]+)|v1)\/(chat\/completions|embeddings)$/;

async function answer(request: IncomingMessage, response: ServerResponse, ledger: Ledger): Promise<void> {
  const url = new URL(request.url ?? "/", "http://upstream");
  if (url.pathname === "/ledger") {
    if (request.method === "DELETE") ledger.clear();
    sendJson(response, 200, ledger.entries);
    return;
  }
  if (url.pathname === "/v1/models") {
    sendJson(response, 200, {
      object: "list",
      data: [{ id: "scripted-chat", object: "model", created: 0, owned_by: "scripted" }],
    });
    return;
  }
  const body = await readBody(request);
  const azure = azurePath.exec(url.pathname);
  const model = azure?.[1] === undefined ? (body.model ?? "") : decodeURIComponent(azure[1]);
  const entry = ledger.add({
    method: request.method ?? "",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body,
    model,
    isStream: body.stream === true,
  });
  response.once("close", () => {
    entry.closedMs = ledger.nowMs();
    entry.status = response.statusCode;
    // A reset or half-close of the script's own making is no abort by the caller.
    entry.isAborted = !entry.isComplete && !hasEndedItself(model, entry, response);
  });
  const operation = azure?.[2] ?? /^\/v1\/(chat\/completions|embeddings)$/.exec(url.pathname)?.[1];
  if (operation === undefined || request.method !== "POST") {
    entry.isComplete = true;
    sendJson(response, 404, { error: { code: "404", message: "Resource not found" } });
    return;
  }
  if (azure !== null && request.headers["api-key"] === undefined) {
    entry.isComplete = true;
    sendJson(response, 401, {
      error: { code: "401", message: "Access denied due to invalid subscription key." },
    });
    return;
  }
  await perform(operation, response, body, entry, ledger);
}

function hasEndedItself(model: string, entry: LedgerEntry, response: ServerResponse): boolean {
  const { fault } = readPlan(model);
  return (
    response.writableEnded ||
    (fault !== undefined && fault.kind !== "stall" && entry.tokensSent >= fault.after)
  );
}

async function perform(
  operation: string,
  response: ServerResponse,
  body: ChatBody & { input?: unknown },
  entry: LedgerEntry,
  ledger: Ledger,
): Promise<void> {
  const named = readPlan(entry.model);
  const plan = named.isMock ? named : { ...named, intervalMs: answerIntervalMs(body) };
  const { refusal } = plan;
  if (refusal !== undefined && ledger.callsOf(entry.model) <= refusal.times) {
    entry.isComplete = true;
    const headers: Record<string, string> = {};
    if (refusal.retryAfterMs !== undefined) headers["retry-after-ms"] = String(refusal.retryAfterMs);
    if (refusal.retryAfter !== undefined) headers["retry-after"] = refusal.retryAfter;
    const error = {
      message: `Scripted status ${refusal.status}.`,
      type: "scripted_error",
      param: null,
      code: "scripted",
    };
    sendJson(response, refusal.status, { error }, headers);
    return;
  }
  if (plan.flags.has("cf")) {
    entry.isComplete = true;
    sendJson(response, 400, contentFilterError);
    return;
  }
  if (plan.flags.has("html")) {
    entry.isComplete = true;
    response.writeHead(200, { "content-type": "text/html" }).end("<html>A proxy says hello</html>");
    return;
  }
  entry.promptTokens = countPromptTokens(body);
  if (operation === "embeddings") {
    entry.isComplete = true;
    sendJson(response, 200, embeddings(body.input, entry.model));
  } else if (body.stream === true) await sendStream(response, plan, body, entry);
  else {
    if (plan.delayMs > 0) await sleep(plan.delayMs, undefined, { ref: false });
    if (response.destroyed) return;
    const completion = scriptedCompletion(plan, body, entry.model);
    entry.tokensSent = completion.choices.length;
    entry.isComplete = true;
    sendJson(response, 200, completion);
  }
}

const contentFilterError = {
  error: {
    message: "The response was filtered due to the prompt triggering content management policy.",
    type: null,
    param: "prompt",
    code: "content_filter",
    status: 400,
    innererror: {
      code: "ResponsibleAIPolicyViolation",
      content_filter_result: { violence: { filtered: true, severity: "medium" } },
    },
  },
};

/** Deterministic vectors: the same text gives the same unit vector, another text an unrelated one. */
function embeddings(input: unknown, model: string) {
  const texts = (Array.isArray(input) ? input : [input]).map(String);
  const data = texts.map((text, index) => ({ object: "embedding", index, embedding: hashVector(text) }));
  const tokens = texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0);
  return { object: "list", model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function hashVector(text: string): number[] {
  const bytes = Buffer.concat([0, 1].map((part) => createHash("sha256").update(`${part}:${text}`).digest()));
  const values = Array.from({ length: EMBEDDING_DIMENSIONS }, (_, index) => (bytes[index] ?? 0) - 127.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
