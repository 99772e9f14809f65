import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";
import type { StreamReceiver, Upstream, UpstreamCall } from "../upstream.ts";
import type { UpstreamError } from "../upstream-error.ts";
import { createHttpUpstream } from "./http-upstream.ts";

/** Head of a stream of events. */
export const HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
/** A piece of a chunked body. */
export const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
/** One event in one chunk. */
export const EVENT = chunk("data: {}\n\n");
/** A whole answer. */
export const whole = (body: string, more = "") =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;

/** A server of raw bytes: `onRequest` gets each request's socket and its number on that connection, from 1. */
async function serve(onRequest: (socket: Socket, number: number) => void, onBytes = (_bytes: Buffer) => {}) {
  const sockets = new Set<Socket>();
  let connections = 0;
  let requests = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let number = 0;
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    // A request of these tests is small: it arrives with its head, and ends with the closing brace.
    socket.on("data", (bytes) => {
      onBytes(bytes);
      if (!bytes.toString().trimEnd().endsWith("}")) return;
      number += 1;
      requests += 1;
      onRequest(socket, number);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    open: () => sockets.size,
    connections: () => connections,
    requests: () => requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** Starts a server of raw bytes and an upstream that asks it. */
export async function start(
  onRequest: (socket: Socket, number: number) => void,
  scheme = "http",
  onBytes?: (bytes: Buffer) => void,
) {
  const server = await serve(onRequest, onBytes);
  const upstream = createHttpUpstream({
    name: "up",
    kind: "openai",
    baseUrl: `${scheme}://127.0.0.1:${server.port}/v1`,
    apiKey: "key",
    apiVersion: undefined,
    streamUsage: true,
    responses: "mapped",
    completions: "native",
    metricsIntervalMs: 0,
    timeouts: { connectMs: 300, firstTokenMs: 5_000, betweenTokensMs: 5_000, totalMs: 5_000 },
  });
  opened.push(upstream, server);
  return { server, upstream };
}

/** The call that tests make. */
export const call: UpstreamCall = {
  endpoint: "chat/completions",
  upstreamModel: "m",
  body: { messages: [], stream: true },
  requestId: "request-1",
};

/** Opens a stream and writes down what it says. */
export function open(upstream: Upstream) {
  const seen = { events: [] as string[], isEnded: false, error: undefined as UpstreamError | undefined };
  const receiver: StreamReceiver = {
    events: (batch) => seen.events.push(...batch),
    end: () => {
      seen.isEnded = true;
    },
    fail: (error) => {
      seen.error = error;
    },
  };
  return { seen, stream: upstream.openStream(call, receiver) };
}

/** Asks for a whole answer. */
export const ask = (upstream: Upstream, signal = new AbortController().signal) =>
  upstream.request({ ...call, body: { messages: [] } }, signal);
