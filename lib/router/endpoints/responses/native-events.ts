import { isJsonObject, type JsonObject } from "../../http/read-json-body.ts";
import type { StreamReading } from "../../stream/read-chunk.ts";
import { tokensInText } from "../../stream/read-chunk.ts";
import { type ClientEncoder, STREAM_INTERRUPTED } from "../client-encoder.ts";
import { createEventWriter } from "./event-writer.ts";
import { readResponseUsage } from "./response-object.ts";

/** Events that only say that something begins: an upstream can still fail without anything being lost. */
const startUpEvents = new Set([
  "response.created",
  "response.queued",
  "response.in_progress",
  "response.output_item.added",
  "response.content_part.added",
  "response.reasoning_summary_part.added",
]);

/** The events that end an answer in order. */
const lastEvents = new Set(["response.completed", "response.incomplete"]);

/** Reads an event of an upstream that has responses of its own. Such streams end without `[DONE]`. */
export function readResponseEvent(event: JsonObject): StreamReading {
  const type = String(event.type);
  const response = isJsonObject(event.response) ? event.response : {};
  const error = errorOf(type, event, response);
  const isDelta = type.endsWith(".delta") && typeof event.delta === "string";
  return {
    isOutput: error === undefined && !startUpEvents.has(type),
    isUsageOnly: false,
    usage: readResponseUsage(response.usage),
    deltaTokens: isDelta && event.delta !== "" ? tokensInText(String(event.delta)) : 0,
    text: "",
    // Its events carry ids and numbers of their own: no other upstream can go on with them.
    isBound: true,
    indexes: [0],
    finished: lastEvents.has(type) ? [0] : [],
    error,
  };
}

function errorOf(type: string, event: JsonObject, response: JsonObject): JsonObject | undefined {
  if (type === "response.failed") return isJsonObject(response.error) ? response.error : {};
  if (type === "error") return isJsonObject(event.error) ? event.error : event;
  return isJsonObject(event.error) ? event.error : undefined;
}

const PLAIN_NAME = /^[\w.-]{1,128}$/;

/** Passes an upstream's own events on. */
export function createNativeResponseEncoder(): ClientEncoder {
  let sequence = -1;
  let response: JsonObject | undefined;
  return {
    chunk: (event, raw) => {
      if (typeof event.sequence_number === "number") sequence = event.sequence_number;
      if (response === undefined && isJsonObject(event.response)) response = event.response;
      const { type } = event;
      // A name with a line break in it would be lines of its own.
      const name = typeof type === "string" && PLAIN_NAME.test(type) ? `event: ${type}\n` : "";
      return `${name}data: ${raw}\n\n`;
    },
    done: () => "",
    interrupted: ({ code, message } = STREAM_INTERRUPTED) => {
      const write = createEventWriter(sequence + 1);
      const failed = { ...response, status: "failed", error: { code, message } };
      return (
        write("error", { code, message, param: null }) +
        (response === undefined ? "" : write("response.failed", { response: failed }))
      );
    },
  };
}
