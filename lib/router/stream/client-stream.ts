import type { ServerResponse } from "node:http";
import { cutWhenStuck } from "../http/send-json.ts";
import { writeHead } from "../http/write-head.ts";

/** What a {@link ClientStream} tells whoever feeds it. */
export interface ClientStreamEvents {
  /** The client's buffer is full: stop feeding until `drained`. */
  full(): void;
  drained(): void;
}

/** Longest silence before a comment keeps proxies from closing the connection. */
const HEARTBEAT_MS = 15_000;

const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/** The client's side of a streamed answer: head, events, back pressure, heartbeat, end. */
export class ClientStream {
  #response: ServerResponse;
  #events: ClientStreamEvents;
  #stuckMs: number;
  #stuckTimer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isFull = false;
  /** Nothing was written since the last look. */
  #isQuiet = true;
  /** True when the pieces of the body are framed here (HTTP/1.1 without a length). */
  #isFramed = false;

  /** @param stuckMs a client that leaves a full buffer unread for so long is cut. */
  constructor(response: ServerResponse, stuckMs: number, events: ClientStreamEvents) {
    this.#response = response;
    this.#stuckMs = stuckMs;
    this.#events = events;
  }

  get isOpen(): boolean {
    return this.#response.headersSent;
  }

  /** Sends the head; until then an error can still be a real HTTP error. */
  open(headers: Readonly<Record<string, string>>): void {
    const response = this.#response;
    writeHead(response, 200, { ...streamHeaders, ...headers });
    this.#isFramed = response.chunkedEncoding;
    // Node would send the frame of a chunk as pieces of its own, four to a token; in one string it is a plain write.
    if (this.#isFramed) response.chunkedEncoding = false;
    this.#heartbeat = setInterval(() => {
      if (this.#isQuiet && !this.#isFull) this.write(": keep-alive\n\n");
      this.#isQuiet = true;
    }, HEARTBEAT_MS / 2);
    response.once("close", () => this.#stopTimers());
  }

  write(text: string): void {
    this.#isQuiet = false;
    if (this.#response.write(this.#isFramed ? frame(text) : text) || this.#isFull) return;
    this.#isFull = true;
    this.#events.full();
    this.#stuckTimer = setTimeout(() => this.#response.destroy(), this.#stuckMs);
    this.#response.once("drain", () => {
      this.#isFull = false;
      clearTimeout(this.#stuckTimer);
      this.#events.drained();
    });
  }

  end(text: string): void {
    this.#stopTimers();
    this.#response.end(this.#isFramed ? `${text === "" ? "" : frame(text)}0\r\n\r\n` : text);
    // The last bytes wait for the client as well, and no longer than the others.
    cutWhenStuck(this.#response, this.#stuckMs);
  }

  #stopTimers(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#stuckTimer);
  }
}

/** A piece of a chunked body (RFC 9112, section 7.1). */
function frame(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
