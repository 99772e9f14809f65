import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { cutWhenStuck } from "../http/send-json.ts";
import { writeHead } from "../http/write-head.ts";
import { unwatch, type Watched, watch } from "../watch-clock.ts";

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
export class ClientStream implements Watched {
  rosterPlace = -1;
  #response: ServerResponse;
  #events: ClientStreamEvents;
  #stuckMs: number;
  /** The connection, once the head is on its way over it. */
  #socket: Socket | undefined;
  /** Since when the buffer is full; 0 while it is not. */
  #fullSinceMs = 0;
  #nextBeatMs = 0;
  /** Nothing was written since the last beat. */
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
    this.#nextBeatMs = performance.now() + HEARTBEAT_MS / 2;
    watch(this);
    response.once("close", () => unwatch(this));
  }

  write(text: string): void {
    this.#isQuiet = false;
    const piece = this.#isFramed ? frame(text) : text;
    const hasRoom = this.#socket === undefined ? this.#writeFirst(piece) : this.#socket.write(piece);
    if (hasRoom || this.#fullSinceMs > 0) return;
    this.#fullSinceMs = performance.now();
    this.#events.full();
    (this.#socket ?? this.#response).once("drain", () => {
      this.#fullSinceMs = 0;
      this.#events.drained();
    });
  }

  end(text: string): void {
    unwatch(this);
    this.#response.end(this.#isFramed ? `${text === "" ? "" : frame(text)}0\r\n\r\n` : text);
    // The last bytes wait for the client as well, and no longer than the others.
    cutWhenStuck(this.#response, this.#stuckMs);
  }

  look(nowMs: number): void {
    if (this.#response.destroyed) unwatch(this);
    else if (this.#fullSinceMs > 0) {
      if (nowMs - this.#fullSinceMs >= this.#stuckMs) this.#response.destroy();
    } else if (nowMs >= this.#nextBeatMs) {
      if (this.#isQuiet) this.write(": keep-alive\n\n");
      this.#isQuiet = true;
      this.#nextBeatMs = nowMs + HEARTBEAT_MS / 2;
    }
  }

  /**
   * The head goes with the first piece. What follows is written to the connection itself: on the way through the
   * response each piece would wait for the end of the turn. An answer that is not yet its connection's turn (requests
   * sent one behind the other) stays with the response.
   */
  #writeFirst(piece: string): boolean {
    const response = this.#response;
    const { socket } = response;
    if (socket === null || response.destroyed) return response.write(piece);
    this.#socket = socket;
    // Sent by itself, but with the piece: joined to it, the head would be kept as the dozens of strings it was made of.
    socket.cork();
    response.flushHeaders();
    const hasRoom = socket.write(piece);
    socket.uncork();
    return hasRoom;
  }
}

/** A piece of a chunked body (RFC 9112, section 7.1). */
function frame(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
