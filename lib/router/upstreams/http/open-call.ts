import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { CallAddress } from "./address.ts";

/** Idle connections are dropped before common servers drop them (uvicorn: 5 s), so that no call meets a closed one. */
const IDLE_CONNECTION_MS = 4_000;

/** A call on a connection that is gone fails within a round trip; a later failure has another cause. */
const STALE_FAILURE_MS = 1_000;

const agentOptions = {
  keepAlive: true,
  maxFreeSockets: 256,
  scheduling: "lifo",
  timeout: IDLE_CONNECTION_MS,
} as const;

/** The kept-open connections to one upstream. */
export interface ConnectionPool {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Opens a pool; connections are made on first use. */
export function createPool(): ConnectionPool {
  return { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) };
}

/** What happens to a call before its answer begins; exactly one of the two is called, once. */
export interface CallEvents {
  answered(response: IncomingMessage): void;
  failed(error: UpstreamError): void;
}

/** How a call is made. */
export interface CallOptions {
  readonly upstream: string;
  readonly pool: ConnectionPool;
  readonly connectMs: number;
  readonly accept: string;
  readonly requestId: string;
}

/**
 * Posts a body and waits for the answer's head. Destroying the returned request closes the connection in any phase;
 * nothing is called after that.
 */
export function openCall(
  address: CallAddress,
  body: Buffer,
  options: CallOptions,
  events: CallEvents,
): ClientRequest {
  const isSecure = address.url.protocol === "https:";
  const request = (isSecure ? httpsRequest : httpRequest)(address.url, {
    method: "POST",
    agent: isSecure ? options.pool.https : options.pool.http,
    headers: {
      ...address.headers,
      "content-type": "application/json",
      "content-length": body.length,
      accept: options.accept,
      "user-agent": "vouch-router",
      "x-request-id": options.requestId,
    },
  });
  const connection = watchConnection(request, isSecure, options.connectMs);
  const startedAt = performance.now();
  let isAnswered = false;
  request.once("response", (response) => {
    isAnswered = true;
    events.answered(response);
  });
  request.on("error", (cause) => {
    connection.stop();
    // From here on the answer itself reports what happens to it.
    if (isAnswered) return;
    if (connection.isTimedOut()) {
      events.failed(upstreamFault("connect_timeout", options.upstream, { cause, isUnsent: true }));
      return;
    }
    // A kept connection that the other side had closed meanwhile fails at once: the request met nobody.
    const isStale = request.reusedSocket && performance.now() - startedAt < STALE_FAILURE_MS;
    const isUnsent = !connection.isOpen() || isStale;
    const fault = connection.isOpen() ? "connection_cut" : "connect_failed";
    events.failed(upstreamFault(fault, options.upstream, { cause, isUnsent }));
  });
  request.end(body);
  return request;
}

function watchConnection(request: ClientRequest, isSecure: boolean, connectMs: number) {
  let isOpen = false;
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    request.destroy(new Error("connect timeout"));
  }, connectMs);
  const opened = () => {
    isOpen = true;
    clearTimeout(timer);
  };
  request.once("socket", (socket) => {
    if (request.reusedSocket || !socket.connecting) opened();
    else socket.once(isSecure ? "secureConnect" : "connect", opened);
  });
  request.once("close", () => clearTimeout(timer));
  return { isOpen: () => isOpen, isTimedOut: () => isTimedOut, stop: () => clearTimeout(timer) };
}
