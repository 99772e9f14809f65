import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { AnswerHead, AnswerHeaders } from "./answer-head.ts";
import type { Connection, ConnectionUser } from "./connection.ts";
import type { ConnectionPool } from "./connection-pool.ts";
import { ConnectTimeoutError } from "./open-socket.ts";

/** A call on a connection that is gone fails within a round trip; a later failure has another cause. */
const STALE_FAILURE_MS = 1_000;

/** How long a whole answer's connection may take to end by itself before it is closed. */
const TAIL_MS = 1_000;

/** What happens to a call, in this order; after `ended` or `failed` nothing more. Nothing is called inside `start`. */
export interface CallEvents {
  answered(status: number, headers: AnswerHeaders): void;
  /** Bytes of the body, those of `bytes` from `start` to `end`; they are overwritten when the call returns. */
  data(bytes: Buffer, start: number, end: number): void;
  /** What arrived together has been handed on. */
  delivered(): void;
  ended(): void;
  failed(error: UpstreamError): void;
}

/** One request to an upstream, from its connection to the end of its answer. */
export class Call implements ConnectionUser {
  #upstream: string;
  #pool: ConnectionPool;
  #events: CallEvents;
  #connection: Connection;
  #sentAt = 0;
  #isSent = false;
  #isReused = false;
  #isAnswered = false;
  #isOver = false;
  #isLetGo = false;
  #isPaused = false;
  /** True while bytes are handed on: the end of the answer may be among them. */
  #isReading = false;
  #tailTimer: NodeJS.Timeout | undefined;

  constructor(upstream: string, pool: ConnectionPool, events: CallEvents) {
    this.#upstream = upstream;
    this.#pool = pool;
    this.#events = events;
    this.#connection = pool.take();
  }

  /** Sends the request, as soon as there is a connection. */
  start(request: string): void {
    if (!this.#isOver) this.#connection.send(request, this);
  }

  /** Stops reading, so that the upstream is held back. */
  pause(): void {
    if (this.#isOver || this.#isPaused) return;
    this.#isPaused = true;
    this.#connection.pause();
  }

  resume(): void {
    if (this.#isOver || !this.#isPaused) return;
    this.#isPaused = false;
    this.#connection.resume();
  }

  /** Closes the connection at once, in any phase; nothing is called after that. */
  destroy(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#pool.discard(this.#connection);
  }

  /** Nothing more is wanted of the answer, and it is whole: its connection may serve again when it ends soon. */
  letGo(): void {
    if (this.#isOver) return;
    this.#isLetGo = true;
    this.resume();
    if (!this.#isReading) this.#waitForTail();
  }

  sent(isReused: boolean): void {
    this.#isSent = true;
    this.#isReused = isReused;
    if (isReused) this.#sentAt = performance.now();
  }

  head({ status, headers }: AnswerHead): void {
    this.#isReading = true;
    this.#isAnswered = true;
    this.#events.answered(status, headers);
  }

  body(bytes: Buffer, start: number, end: number): void {
    this.#isReading = true;
    if (!this.#isOver && !this.#isLetGo) this.#events.data(bytes, start, end);
  }

  delivered(): void {
    if (this.#isOver) return;
    if (!this.#isLetGo) this.#events.delivered();
    this.#isReading = false;
    if (this.#isLetGo) this.#waitForTail();
  }

  end(): void {
    if (this.#isOver) return;
    // A connection that was paused among its last bytes would hear nothing in its next life.
    if (this.#isPaused) this.#connection.resume();
    this.#finish();
    this.#pool.release(this.#connection);
    if (this.#isLetGo) return;
    try {
      this.#events.ended();
    } catch (cause) {
      this.#events.failed(upstreamFault("connection_cut", this.#upstream, { cause }));
    }
  }

  cut(cause: Error): void {
    this.fail(this.#faultOf(cause));
  }

  /** Ends the call with an error, its own or that of what was needed to start it. */
  fail(error: UpstreamError): void {
    if (this.#isOver) return;
    this.destroy();
    if (!this.#isLetGo) this.#events.failed(error);
  }

  #faultOf(cause: Error): UpstreamError {
    const upstream = this.#upstream;
    if (cause instanceof ConnectTimeoutError) {
      return upstreamFault("connect_timeout", upstream, { cause, isUnsent: true });
    }
    if (!this.#isSent) return upstreamFault("connect_failed", upstream, { cause, isUnsent: true });
    // A kept connection that the other side had closed meanwhile fails at once: the request met nobody.
    const isStale = this.#isReused && performance.now() - this.#sentAt < STALE_FAILURE_MS;
    return upstreamFault("connection_cut", upstream, { cause, isUnsent: isStale && !this.#isAnswered });
  }

  #waitForTail(): void {
    if (this.#tailTimer !== undefined || this.#isOver) return;
    this.#tailTimer = setTimeout(() => this.destroy(), TAIL_MS);
    this.#tailTimer.unref();
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#tailTimer);
  }
}
