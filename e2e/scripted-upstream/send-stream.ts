import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChatBody, type ScriptedEvent, scriptedEvents } from "./chunks.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Plan } from "./plan.ts";

const RESET_PAUSE_MS = 60;

function frame(event: ScriptedEvent, plan: Plan): string {
  const { flags } = plan;
  const newline = flags.has("crlf") ? "\r\n" : "\n";
  const field = flags.has("nospace") ? "data:" : "data: ";
  const lines = event.data.split("\n").map((line) => field + line);
  const comment =
    flags.has("crlf") || flags.has("comments")
      ? `: a comment${newline}event: message${newline}id: 7${newline}`
      : "";
  return `${comment}${lines.join(newline)}${newline}${newline}`;
}

/** Sends a stream as its plan says, faults included. Stops when the caller closes the connection. */
export async function sendStream(
  response: ServerResponse,
  plan: Plan,
  body: ChatBody,
  entry: LedgerEntry,
): Promise<void> {
  const left = new AbortController();
  response.once("close", () => left.abort());
  try {
    await sendEvents(response, plan, body, entry, left.signal);
  } catch (error) {
    // The caller left while the script slept; the ledger has it.
    if (!left.signal.aborted) throw error;
  }
}

async function sendEvents(
  response: ServerResponse,
  plan: Plan,
  body: ChatBody,
  entry: LedgerEntry,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  const send = (text: string) => write(response, text, plan, entry, signal);
  if (plan.flags.has("bom")) await send("\uFEFF");
  const events = scriptedEvents(plan, body, entry.model);
  if (plan.flags.has("one")) {
    await send(`${events.map((event) => frame(event, plan)).join("")}data: [DONE]\n\n`);
    entry.tokensSent = events.filter(({ isContent }) => isContent).length;
    entry.isComplete = true;
    response.end();
    return;
  }
  for (const event of events) {
    if (event.isContent) {
      if (plan.fault?.after === entry.tokensSent && (await breakOff(response, plan, entry, signal))) return;
      const waitMs = entry.tokensSent === 0 ? plan.firstTokenMs : plan.intervalMs;
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    }
    await send(frame(event, plan));
    if (event.isContent) entry.tokensSent += 1;
  }
  if (!plan.flags.has("noDone")) await send("data: [DONE]\n\n");
  entry.isComplete = true;
  response.end();
}

/** Acts out the fault of a plan. Returns true when the stream is over. */
async function breakOff(
  response: ServerResponse,
  plan: Plan,
  entry: LedgerEntry,
  signal: AbortSignal,
): Promise<boolean> {
  switch (plan.fault?.kind) {
    case "reset":
      // A reset throws away what the other side has not read yet: it gets time to read.
      await sleep(RESET_PAUSE_MS, undefined, { signal });
      response.socket?.resetAndDestroy();
      return true;
    case "end":
      response.end();
      return true;
    case "fin":
      // A half-close in the middle of a chunked body: the closing chunk never comes.
      response.socket?.end();
      return true;
    case "stall":
      await sleep(600_000, undefined, { signal, ref: false });
      return true;
    case "error": {
      const error = { message: "The engine failed.", type: "server_error", param: null, code: null };
      await write(response, `data: ${JSON.stringify({ error })}\n\n`, plan, entry, signal);
      response.end();
      return true;
    }
    default:
      return false;
  }
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
