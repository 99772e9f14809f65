import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import type { Upstream, UpstreamCall } from "../upstream.ts";
import { UpstreamError, upstreamFault } from "../upstream-error.ts";
import { type CallAddress, createAddressBook, originOf } from "./address.ts";
import { Call, type CallEvents } from "./call.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { EventStream } from "./event-stream.ts";
import { WholeReply } from "./whole-reply.ts";

/** What an upstream may need from outside. */
export interface HttpUpstreamDeps {
  /** A bearer token that changes in time, in place of a configured key. May throw or reject UpstreamError. */
  readonly token?: () => string | Promise<string>;
}

/** An upstream behind HTTP: Azure OpenAI, OpenAI, vLLM, Ollama or any compatible server. */
export function createHttpUpstream(config: HttpUpstreamConfig, deps: HttpUpstreamDeps = {}): Upstream {
  const { connectMs, totalMs } = config.timeouts;
  const pool = new ConnectionPool({ origin: originOf(config), connectMs });
  const addressOf = createAddressBook(config);
  // All that can throw comes first: from the call on somebody waits for its end.
  const prepare = (asked: UpstreamCall): PreparedCall => {
    const known = addressOf(asked.endpoint, asked.upstreamModel);
    return {
      address: asked.headers === undefined ? known : withHeaders(known, asked.headers),
      body: Buffer.from(JSON.stringify(upstreamBody(config, asked))),
      requestId: asked.requestId,
    };
  };
  const begin = ({ address, body, requestId }: PreparedCall, accept: string, events: AttachedEvents) => {
    const call = new Call({ upstream: config.name, pool, accept, requestId }, events);
    events.attach(call);
    if (deps.token === undefined) call.start(address, body);
    else {
      startWithToken(call, deps.token, config.name, (token) =>
        call.start(withHeaders(address, { authorization: `Bearer ${token}` }), body),
      );
    }
  };
  return {
    name: config.name,
    openStream: (asked, receiver) => {
      const prepared = prepare(asked);
      const stream = new EventStream(config.name, receiver);
      begin(prepared, "text/event-stream", stream);
      return stream;
    },
    request: (asked, signal) => {
      const prepared = prepare(asked);
      const reply = new WholeReply(config.name, totalMs, signal);
      begin(prepared, "application/json", reply);
      return reply.result;
    },
    close: () => pool.close(),
  };
}

/** What goes out, ready to be sent. */
interface PreparedCall {
  readonly address: CallAddress;
  readonly body: Buffer;
  readonly requestId: string;
}

/** Takes what happens to a call, and the call itself. */
interface AttachedEvents extends CallEvents {
  attach(call: Call): void;
}

function withHeaders(address: CallAddress, more: Readonly<Record<string, string>>): CallAddress {
  return { ...address, headers: [...address.headers, ...Object.entries(more).flat()] };
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
  let token: string | Promise<string>;
  try {
    token = getToken();
  } catch (error) {
    queueMicrotask(() => refuse(error));
    return;
  }
  // A token at hand costs no turn of the event loop.
  if (typeof token === "string") start(token);
  else token.then(start, refuse);
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
