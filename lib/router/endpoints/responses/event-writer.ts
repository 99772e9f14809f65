import type { JsonObject } from "../../http/read-json-body.ts";

/** Writes one event of a response's stream and returns its text. */
export type WriteEvent = (type: string, fields: JsonObject) => string;

/** Writes events with the sequence numbers a response's stream counts them by, from `first`. */
export function createEventWriter(first = 0): WriteEvent {
  let sequence = first;
  return (type, fields) => {
    const data = JSON.stringify({ type, sequence_number: sequence, ...fields });
    sequence += 1;
    return `event: ${type}\ndata: ${data}\n\n`;
  };
}
