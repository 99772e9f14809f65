import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../http/read-json-body.ts";
import type { StopSignal } from "../stop-signal.ts";
import type { UpstreamError } from "./upstream-error.ts";

/** What an upstream can be asked, as it stands in OpenAI's addresses. */
export type Endpoint = "chat/completions" | "completions" | "embeddings" | "rerank" | "responses";

/** One call to one upstream. */
export interface UpstreamCall {
  readonly endpoint: Endpoint;
  readonly upstreamModel: string;
  /** The client's body; the upstream replaces the model's name. */
  readonly body: JsonObject;
  readonly requestId: string;
  /** More headers for the upstream, such as those of a trace. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Takes what an upstream streams. After `end` or `fail` nothing more arrives; neither is called inside `openStream`. */
export interface StreamReceiver {
  /** The data of the events that arrived together, `[DONE]` included. */
  events(batch: readonly string[]): void;
  /** The upstream closed its answer in order; whether the answer is whole is for the receiver to judge. */
  end(): void;
  fail(error: UpstreamError): void;
}

/** A stream under way. */
export interface RunningStream {
  /** Headers of the answer, names in lower case; undefined before its head is there, or where there are none. */
  readonly headers?: IncomingHttpHeaders | undefined;
  /** Stops reading, so that the upstream is held back; `resume` undoes it. */
  pause(): void;
  resume(): void;
  /** All of the answer is here: lets the connection end in order, for reuse. */
  finish(): void;
  /** Closes the connection at once; the upstream should stop working. */
  destroy(): void;
}

/** A whole answer. */
export interface UpstreamReply {
  /** As the upstream sent it. */
  readonly bytes: Buffer;
  readonly json: JsonObject;
  /** Names in lower case; absent where there are none. */
  readonly headers?: IncomingHttpHeaders;
}

/** A place where models are served. The rest of the router knows upstreams by this face only. */
export interface Upstream {
  readonly name: string;
  openStream(call: UpstreamCall, receiver: StreamReceiver): RunningStream;
  /**
   * Asks for a whole answer.
   *
   * @throws UpstreamError, also when the signal ends the call.
   */
  request(call: UpstreamCall, signal: StopSignal): Promise<UpstreamReply>;
  close(): void;
}
