/**
 * A lean upstream. The last message of a request says what it does: `bench f200 i20 n100 k7` waits 200 ms before the
 * first token (or before a whole answer), sends 100 tokens 20 ms apart, and notes under 7 when its connection closed.
 * Each token holds the machine's monotonic clock at the moment it was written: `@` and 13 digits of microseconds.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { nowMicros } from "../clock.ts";
import { answerParent, sendReady } from "./answer-parent.ts";
import { TimerWheel } from "./timer-wheel.ts";

/** What a request asks for, and how far it is. */
interface Running {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly intervalMs: number;
  readonly withUsage: boolean;
  tokensLeft: number;
  readonly tokens: number;
  dueMs: number;
}

const frameStart =
  'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench","system_fingerprint":"fp_bench","choices":[{"index":0,"delta":';
const frameEnd = ',"finish_reason":null}]}\n\n';
const role = `${frameStart}{"role":"assistant","content":""}${frameEnd}`;
const finish = `${frameStart}{},"finish_reason":"stop"}]}\n\n`;

/** Wraps an event as one piece of a chunked body. */
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

const tokenParts = chunked(`${frameStart}{"content":" @0000000000000"}${frameEnd}`).split("0000000000000");
const roleChunk = chunked(role);
const finishChunk = chunked(finish);
const doneChunk = chunked("data: [DONE]\n\n");

const usageOf = (tokens: number) =>
  `"usage":{"prompt_tokens":40,"completion_tokens":${tokens},"total_tokens":${40 + tokens}}`;
const usageChunk = (tokens: number) =>
  chunked(
    `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench","choices":[],${usageOf(tokens)}}\n\n`,
  );

const stamp = () => Math.round(nowMicros()).toString().padStart(13, "0");

const closedAt = new Map<number, number>();
let open = 0;
let requests = 0;

const streams = new TimerWheel<Running>((stream, nowMs) => {
  const { socket } = stream;
  if (socket.destroyed) return;
  // The response is used for its head and its end only: a token costs one write this way.
  const start = stream.tokensLeft === stream.tokens ? roleChunk : "";
  socket.write(`${start}${tokenParts[0]}${stamp()}${tokenParts[1]}`, "latin1");
  stream.tokensLeft -= 1;
  if (stream.tokensLeft > 0) {
    stream.dueMs = Math.max(stream.dueMs + stream.intervalMs, nowMs);
    streams.add(stream.dueMs, stream);
    return;
  }
  socket.write(`${finishChunk}${stream.withUsage ? usageChunk(stream.tokens) : ""}${doneChunk}`, "latin1");
  stream.response.end();
});

const replies = new TimerWheel<ServerResponse>((response) => sendReply(response));

function sendReply(response: ServerResponse): void {
  const body = `{"id":"chatcmpl-bench","object":"chat.completion","created":1760000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"It was written @${stamp()} by the clock of this machine."},"logprobs":null,"finish_reason":"stop"}],${usageOf(12)},"system_fingerprint":"fp_bench"}`;
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

function answer(body: string, response: ServerResponse): void {
  const plan = /bench f(\d+) i(\d+) n(\d+) k(\d+)/.exec(body);
  const [firstMs = 0, intervalMs = 0, tokens = 1, key = 0] = plan?.slice(1).map(Number) ?? [];
  open += 1;
  requests += 1;
  response.once("close", () => {
    open -= 1;
    if (key !== 0) closedAt.set(key, nowMicros());
  });
  if (!/"stream":\s*true/.test(body)) {
    if (firstMs === 0) sendReply(response);
    else replies.add(performance.now() + firstMs, response);
    return;
  }
  const { socket } = response;
  if (socket === null) return;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const dueMs = performance.now() + firstMs;
  const withUsage = /"include_usage":\s*true/.test(body);
  streams.add(dueMs, { response, socket, intervalMs, withUsage, tokens, tokensLeft: tokens, dueMs });
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("latin1");
  request.on("data", (piece: string) => {
    body += piece;
  });
  request.on("end", () => answer(body, response));
});
// Clients that keep connections must not meet one that was just closed for being idle.
server.keepAliveTimeout = 600_000;
server.requestTimeout = 0;
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  answerParent({
    open: () => open,
    requests: () => requests,
    closed: () => {
      const times = Object.fromEntries(closedAt);
      closedAt.clear();
      return times;
    },
  });
  sendReady({ port: (server.address() as AddressInfo).port });
});
