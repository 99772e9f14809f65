import type { ClientRequest } from "node:http";
import type { HttpUpstreamConfig } from "../../config/router-config.ts";
import type { JsonObject } from "../../http/read-json-body.ts";
import type { Upstream, UpstreamCall, UpstreamReply } from "../upstream.ts";
import { upstreamFault } from "../upstream-error.ts";
import { callAddress } from "./address.ts";
import { type CallEvents, createPool, openCall } from "./open-call.ts";
import { openEventStream } from "./open-event-stream.ts";
import { readRefusal, readReply } from "./read-reply.ts";

/** An upstream behind HTTP: Azure OpenAI, OpenAI, vLLM, Ollama or any compatible server. */
export function createHttpUpstream(config: HttpUpstreamConfig): Upstream {
  const pool = createPool();
  const call = (asked: UpstreamCall, accept: string, events: CallEvents): ClientRequest => {
    const address = callAddress(config, asked.endpoint, asked.upstreamModel);
    const body = Buffer.from(JSON.stringify(upstreamBody(config, asked)));
    const { connectMs } = config.timeouts;
    const options = { upstream: config.name, pool, connectMs, accept, requestId: asked.requestId };
    return openCall(address, body, options, events);
  };
  return {
    name: config.name,
    openStream: (asked, receiver) =>
      openEventStream(config.name, (events) => call(asked, "text/event-stream", events), receiver),
    request: (asked, signal) =>
      requestReply(config, (events) => call(asked, "application/json", events), signal),
    close: () => {
      pool.http.destroy();
      pool.https.destroy();
    },
  };
}

function upstreamBody(
  config: HttpUpstreamConfig,
  { body, endpoint, upstreamModel }: UpstreamCall,
): JsonObject {
  const sent: JsonObject = { ...body, model: upstreamModel };
  if (endpoint === "chat/completions" && body.stream === true && config.streamUsage) {
    sent.stream_options = { ...(body.stream_options as JsonObject | undefined), include_usage: true };
  } else if (!config.streamUsage) {
    delete sent.stream_options;
  }
  return sent;
}

function requestReply(
  config: HttpUpstreamConfig,
  open: (events: CallEvents) => ClientRequest,
  signal: AbortSignal,
): Promise<UpstreamReply> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    const request = open({
      answered: (response) => {
        const reading =
          response.statusCode === 200
            ? readReply(response, config.name)
            : readRefusal(response, config.name).then((refusal) => Promise.reject(refusal));
        reading.then(resolve, reject).finally(settle);
      },
      failed: (error) => {
        settle();
        reject(error);
      },
    });
    const stop = (fault: "cancelled" | "total_timeout") => {
      settle();
      reject(upstreamFault(fault, config.name));
      request.destroy();
    };
    const onAbort = () => stop("cancelled");
    const timer = setTimeout(() => stop("total_timeout"), config.timeouts.totalMs);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
