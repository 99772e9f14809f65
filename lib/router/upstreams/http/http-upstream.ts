import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import type { Upstream, UpstreamCall } from "../upstream.ts";
import { UpstreamError, upstreamFault } from "../upstream-error.ts";
import { originOf } from "./address.ts";
import { Call, type CallEvents } from "./call.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { EventStream } from "./event-stream.ts";
import { WholeReply } from "./whole-reply.ts";
import { createRequestWriter } from "./write-request.ts";

/** What an upstream may need from outside. */
export interface HttpUpstreamDeps {
  /** A bearer token that changes in time, in place of a configured key. May throw or reject UpstreamError. */
  readonly token?: () => string | Promise<string>;
}

/** An upstream behind HTTP: Azure OpenAI, OpenAI, vLLM, Ollama or any compatible server. */
export function createHttpUpstream(config: HttpUpstreamConfig, deps: HttpUpstreamDeps = {}): Upstream {
  const { connectMs, totalMs } = config.timeouts;
  const pool = new ConnectionPool({ origin: originOf(config), connectMs });
  const requestOf = createRequestWriter(config);
  // All that can throw comes first: from the call on somebody waits for its end.
  const prepare = (asked: UpstreamCall, accept: string) =>
    requestOf(asked, accept, JSON.stringify(upstreamBody(config, asked)));
  const begin = (request: (token?: string) => string, events: AttachedEvents) => {
    const call = new Call(config.name, pool, events);
    events.attach(call);
    if (deps.token === undefined) call.start(request());
    else startWithToken(call, deps.token, config.name, (token) => call.start(request(token)));
  };
  return {
    name: config.name,
    openStream: (asked, receiver) => {
      const request = prepare(asked, "text/event-stream");
      const stream = new EventStream(config.name, receiver);
      begin(request, stream);
      return stream;
    },
    request: (asked, signal) => {
      const request = prepare(asked, "application/json");
      const reply = new WholeReply(config.name, totalMs, signal);
      begin(request, reply);
      return reply.result;
    },
    close: () => pool.close(),
  };
}

/** Takes what happens to a call, and the call itself. */
interface AttachedEvents extends CallEvents {
  attach(call: Call): void;
}

function startWithToken(
  call: Call,
  getToken: () => string | Promise<string>,
  upstream: string,
  start: (token: string) => void,
): void {
  const refuse = (cause: unknown) =>
    call.fail(
      cause instanceof UpstreamError
        ? cause
        : upstreamFault("connect_failed", upstream, { cause, isUnsent: true }),
    );
  const startOrRefuse = (token: string) => {
    try {
      start(token);
    } catch (error) {
      queueMicrotask(() => refuse(error));
    }
  };
  try {
    const token = getToken();
    // A token at hand costs no turn of the event loop.
    if (typeof token === "string") startOrRefuse(token);
    else token.then(startOrRefuse, refuse);
  } catch (error) {
    queueMicrotask(() => refuse(error));
  }
}

function upstreamBody(
  config: HttpUpstreamConfig,
  { body, endpoint, upstreamModel }: UpstreamCall,
): JsonObject {
  const sent: JsonObject = { ...body, model: upstreamModel };
  if (endpoint !== "chat/completions" && endpoint !== "completions") return sent;
  if (!config.streamUsage) delete sent.stream_options;
  else if (body.stream === true) {
    sent.stream_options = { ...(body.stream_options as JsonObject | undefined), include_usage: true };
  }
  return sent;
}
