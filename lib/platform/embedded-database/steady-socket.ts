/**
 * A socket for postgres.js that outlives the connection under it. When a connection is lost, postgres.js 3.4.9 may
 * write to a socket that is gone (which ends the process), hang for ever while reconnecting, or run what is left of a
 * transaction on the next connection, outside of it. So it never learns of the loss: work in flight gets an
 * ordinary error, the rest of a lost transaction fails until its ROLLBACK, and the next work reconnects underneath.
 */
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { SYNC_MESSAGE } from "./backend-messages.ts";
import { type FrontendFrame, FrontendFrameReader } from "./frontend-frames.ts";
import { LostSession } from "./lost-session.ts";
import { RequestTracker } from "./request-tracker.ts";
import { WholeMessages } from "./whole-messages.ts";

export type SteadySocketOptions = {
  /** Starts a new connection to the database. */
  open: () => Socket;
  /** How long work waits for a database that does not answer, for instance while it restarts. Default 10 s. */
  reconnectMs?: number;
};

const RECONNECT_MS = 10_000;
const RETRY_MS = 50;

type Phase = "new" | "starting" | "open" | "lost" | "reconnecting" | "closed";

export class SteadySocket extends EventEmitter {
  #options: SteadySocketOptions;
  #phase: Phase = "new";
  #upstream: Socket | null = null;
  #startupMessage: Buffer = Buffer.alloc(0);
  #outgoing = new FrontendFrameReader();
  #tracker = new RequestTracker();
  #lost = new LostSession();
  /** Messages written while reconnecting. */
  #delayed: FrontendFrame[] = [];

  constructor(options: SteadySocketOptions) {
    super();
    this.#options = options;
  }

  get readyState(): "open" | "closed" {
    return this.#phase === "closed" ? "closed" : "open";
  }

  write(bytes: Uint8Array, written?: (error?: Error | null) => void): boolean {
    const copy = Buffer.from(bytes);
    if (this.#phase === "new") this.#begin(copy);
    else {
      this.#outgoing.push(copy);
      const upstream = this.#upstream;
      upstream?.cork();
      for (let frame = this.#outgoing.next(); frame; frame = this.#outgoing.next()) this.#send(frame);
      upstream?.uncork();
    }
    if (written) queueMicrotask(() => written(null));
    return this.#upstream ? !this.#upstream.writableNeedDrain : true;
  }

  end(bytes?: Uint8Array): void {
    if (bytes && this.#phase === "open") this.#upstream?.write(bytes);
    const upstream = this.#upstream;
    this.#finish();
    upstream?.end();
  }

  destroy(): void {
    const upstream = this.#upstream;
    this.#finish();
    upstream?.destroy();
  }

  pause(): void {
    this.#upstream?.pause();
  }

  resume(): void {
    this.#upstream?.resume();
  }

  #finish(error?: Error): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#upstream?.removeAllListeners("data");
    process.nextTick(() => {
      if (error) this.emit("error", error);
      this.emit("close", error !== undefined);
    });
  }

  /** The first connection: until it is up, its failures are the caller's to see. */
  #begin(startupMessage: Buffer): void {
    this.#phase = "starting";
    this.#startupMessage = startupMessage;
    this.#attach(this.#options.open(), (error) => this.#finish(error));
    this.#upstream?.write(startupMessage);
  }

  #attach(upstream: Socket, onClose: (error?: Error) => void): void {
    this.#upstream = upstream;
    const messages = new WholeMessages();
    let failure: Error | undefined;
    upstream.on("data", (chunk) => {
      const whole = messages.push(chunk);
      if (whole.length === 0) return;
      this.#tracker.noteReply(whole);
      if (this.#phase === "starting" && this.#tracker.status !== null) this.#phase = "open";
      this.emit("data", whole);
    });
    upstream.on("drain", () => this.emit("drain"));
    upstream.on("error", (error) => {
      failure = error;
    });
    upstream.on("close", () => {
      if (this.#upstream !== upstream || this.#phase === "closed") return;
      this.#upstream = null;
      if (this.#phase === "open") this.#lose();
      else onClose(failure);
    });
  }

  #lose(): void {
    this.#phase = "lost";
    const reply = this.#lost.begin(this.#tracker.loseAll());
    if (reply.length > 0) this.emit("data", reply);
  }

  #send(frame: FrontendFrame): void {
    if (this.#phase === "starting") this.#upstream?.write(frame.bytes);
    else if (this.#phase === "open") {
      this.#tracker.noteRequest(frame);
      this.#upstream?.write(frame.bytes);
    } else if (this.#phase === "reconnecting") this.#delayed.push(frame);
    else if (this.#phase === "lost") {
      if (this.#lost.isOver) {
        this.#phase = "reconnecting";
        this.#delayed.push(frame);
        void this.#reconnect();
      } else {
        const reply = this.#lost.answer(frame, this.#tracker.kindOf(frame));
        if (reply.length > 0) queueMicrotask(() => this.emit("data", reply));
      }
    }
  }

  async #reconnect(): Promise<void> {
    const deadline = Date.now() + (this.#options.reconnectMs ?? RECONNECT_MS);
    let upstream: Socket | null = null;
    while (upstream === null && this.#phase === "reconnecting" && Date.now() < deadline) {
      upstream = await startSession(this.#options.open(), this.#startupMessage, this.#tracker.namedParses());
      if (upstream === null) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    if (this.#phase !== "reconnecting") {
      upstream?.destroy();
      return;
    }
    const delayed = this.#delayed;
    this.#delayed = [];
    if (upstream === null) {
      for (const frame of delayed) this.#tracker.noteRequest(frame);
      this.#lose();
      return;
    }
    this.#phase = "open";
    this.#attach(upstream, () => {});
    for (const frame of delayed) this.#send(frame);
    upstream.resume();
  }
}

/**
 * Opens a session the way the first one was opened and prepares its statements again.
 *
 * @returns null when the connection fails or asks for a password, which this socket does not know.
 */
function startSession(upstream: Socket, startupMessage: Buffer, parses: Buffer[]): Promise<Socket | null> {
  return new Promise((resolve) => {
    const messages = new FrontendFrameReader();
    let readyCount = 0;
    const settle = (result: Socket | null) => {
      upstream.removeAllListeners();
      if (result === null) {
        upstream.on("error", () => {});
        upstream.destroy();
      } else upstream.pause();
      resolve(result);
    };
    upstream.on("error", () => settle(null));
    upstream.on("close", () => settle(null));
    upstream.on("data", (chunk) => {
      messages.push(chunk);
      for (let message = messages.next(); message; message = messages.next()) {
        if (message.type === "R" && message.bytes.readInt32BE(5) !== 0) return settle(null);
        if (message.type === "Z") readyCount += 1;
      }
      // One ReadyForQuery ends the welcome, one each statement prepared again, whether that worked or not.
      if (readyCount === 1 + parses.length) settle(upstream);
    });
    upstream.write(Buffer.concat([startupMessage, ...parses.flatMap((parse) => [parse, SYNC_MESSAGE])]));
  });
}
