import { ERROR_TABLE } from "../../shared/error-table.ts";
import type { JsonObject } from "../http/read-json-body.ts";

/** Why a stream that has begun ends without being whole, as its client is told. */
export interface StreamInterruption {
  readonly message: string;
  readonly code: string;
}

/**
 * Writes one streamed answer in the form its endpoint promises. One encoder serves one answer, over all attempts that
 * make it up; after `done` or `interrupted` it is not used again.
 */
export interface ClientEncoder {
  /** True when each event is sent as `data:` with its raw text: then events need not be parsed for it. */
  readonly isPassThrough?: true;
  /**
   * The text of the events for one event of the upstream; empty when the client gets nothing for it.
   *
   * @param chunk the parsed event.
   * @param raw the same as JSON on one line; not read by encoders that write events of another shape.
   */
  chunk(chunk: JsonObject, raw: string): string;
  /** The farewell of an answer that is whole. */
  done(): string;
  /** The farewell of an answer that is not; no client may take it for a whole one. */
  interrupted(error?: StreamInterruption): string;
}

/** The interruption when nothing better is known. */
export const STREAM_INTERRUPTED: StreamInterruption = {
  message: ERROR_TABLE.stream_interrupted.message,
  code: "stream_interrupted",
};

/** The error event of streams that end with `[DONE]`, which takes that mark's place. */
export function errorEvent({ message, code }: StreamInterruption): string {
  return `data: ${JSON.stringify({ error: { message, type: "upstream_error", param: null, code } })}\n\n`;
}

const passThroughEncoder: ClientEncoder = {
  isPassThrough: true,
  chunk: (_chunk, raw) => `data: ${raw}\n\n`,
  done: () => "data: [DONE]\n\n",
  interrupted: (error = STREAM_INTERRUPTED) => errorEvent(error),
};

/** Chat completions, and completions of upstreams that have them: events pass as they are. */
export function createPassThroughEncoder(): ClientEncoder {
  // It remembers nothing of an answer: one serves them all.
  return passThroughEncoder;
}
