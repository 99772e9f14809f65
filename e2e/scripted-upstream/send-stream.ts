import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerEntry } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import type { ScriptedEvent } from "./script.ts";

const RESET_PAUSE_MS = 60;

/** A stream to send: the events of one endpoint. */
export interface ScriptedStream {
  readonly operation: string;
  readonly events: readonly ScriptedEvent[];
}

function frame(event: ScriptedEvent, plan: Plan): string {
  const { flags } = plan;
  const newline = flags.has("crlf") ? "\r\n" : "\n";
  const field = flags.has("nospace") ? "data:" : "data: ";
  const lines = event.data.split("\n").map((line) => field + line);
  const comment =
    flags.has("crlf") || flags.has("comments")
      ? `: a comment${newline}event: message${newline}id: 7${newline}`
      : "";
  const name = event.name === undefined ? "" : `event: ${event.name}${newline}`;
  return `${comment}${name}${lines.join(newline)}${newline}${newline}`;
}

/** Sends a stream as its plan says, faults included. Stops when the caller closes the connection. */
export async function sendStream(
  response: ServerResponse,
  plan: Plan,
  stream: ScriptedStream,
  entry: LedgerEntry,
): Promise<void> {
  const left = new AbortController();
  response.once("close", () => left.abort());
  try {
    await sendEvents(response, plan, stream, entry, left.signal);
  } catch (error) {
    // The caller left while the script slept; the ledger has it.
    if (!left.signal.aborted) throw error;
  }
}

async function sendEvents(
  response: ServerResponse,
  plan: Plan,
  stream: ScriptedStream,
  entry: LedgerEntry,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const send = (text: string) => write(response, text, plan, entry, signal);
  if (plan.flags.has("bom")) await send("\uFEFF");
  const { events, operation } = stream;
  // Of the three interfaces only `/responses` has no farewell.
  const farewell = operation === "responses" || plan.flags.has("noDone") ? "" : "data: [DONE]\n\n";
  if (plan.flags.has("one")) {
    await send(`${events.map((event) => frame(event, plan)).join("")}${farewell}`);
    entry.tokensSent = events.filter(({ isContent }) => isContent).length;
    entry.isComplete = true;
    response.end();
    return;
  }
  for (const event of events) {
    // A fault after the last token comes before the finish; one after no token, after the start-up events.
    if (plan.fault?.after === entry.tokensSent && (event.isContent || entry.tokensSent > 0)) {
      await breakOff(response, plan, { operation, events: [event] }, entry, signal);
      return;
    }
    if (event.isContent) {
      const waitMs = entry.tokensSent === 0 ? plan.firstTokenMs : plan.intervalMs;
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    }
    await send(frame(event, plan));
    if (event.isContent) entry.tokensSent += 1;
  }
  if (farewell !== "") await send(farewell);
  entry.isComplete = true;
  response.end();
}

/** Acts out the fault of a plan in place of the next event: the stream is over. */
async function breakOff(
  response: ServerResponse,
  plan: Plan,
  { operation, events: [next] }: ScriptedStream,
  entry: LedgerEntry,
  signal: AbortSignal,
): Promise<void> {
  const send = (text: string) => write(response, text, plan, entry, signal);
  entry.isBroken = plan.fault?.kind !== "stall";
  switch (plan.fault?.kind) {
    case "reset":
      // A reset throws away what the other side has not read yet: it gets time to read.
      await sleep(RESET_PAUSE_MS, undefined, { signal });
      response.socket?.resetAndDestroy();
      return;
    case "fin":
      // A half-close in the middle of a chunked body: the closing chunk never comes.
      response.socket?.end();
      return;
    case "stall":
      await sleep(600_000, undefined, { signal, ref: false });
      return;
    case "error":
      await send(`data: ${errorEvent(operation)}\n\n`);
      break;
    case "broken":
      await send(`data: ${next?.data.slice(0, next.data.length / 2)}\n\n`);
      break;
    default:
  }
  response.end();
}

function errorEvent(operation: string): string {
  const error = { message: "The engine failed.", type: "server_error", param: null, code: null };
  return JSON.stringify(operation === "responses" ? { ...error, type: "error" } : { error });
}

async function write(
  response: ServerResponse,
  text: string,
  plan: Plan,
  entry: LedgerEntry,
  signal: AbortSignal,
): Promise<void> {
  if (plan.flags.has("utf")) {
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.from([byte]));
      entry.bytesSent += 1;
      // One turn of the event loop each, so that bytes leave as segments of their own.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
    return;
  }
  const hasRoom = response.write(text);
  entry.bytesSent += Buffer.byteLength(text);
  if (!hasRoom) await once(response, "drain", { signal });
}
