import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { type UpstreamError, upstreamFault } from "../upstream-error.ts";
import type { CallAddress } from "./address.ts";
import { type Connection, ConnectTimeoutError } from "./connection.ts";
import type { ConnectionPool } from "./connection-pool.ts";

/** A call on a connection that is gone fails within a round trip; a later failure has another cause. */
const STALE_FAILURE_MS = 1_000;

/** How long a whole answer's connection may take to end by itself before it is closed. */
const TAIL_MS = 1_000;

/** What happens to a call, in this order; after `ended` or `failed` nothing more. Nothing is called inside `start`. */
export interface CallEvents {
  answered(status: number, headers: IncomingHttpHeaders): void;
  data(piece: Buffer): void;
  ended(): void;
  failed(error: UpstreamError): void;
}

/** How a call is made. */
export interface CallOptions {
  readonly upstream: string;
  readonly pool: ConnectionPool;
  readonly accept: string;
  readonly requestId: string;
}

/** One POST to an upstream, from its connection to the end of its answer. */
export class Call implements Dispatcher.DispatchHandler {
  #options: CallOptions;
  #events: CallEvents;
  #connection: Connection;
  #controller: Dispatcher.DispatchController | undefined;
  #sentAt = 0;
  #isReused = false;
  #isAnswered = false;
  #isOver = false;
  #isLetGo = false;
  #isStarting = true;
  #isPaused = false;
  #tailTimer: NodeJS.Timeout | undefined;

  constructor(options: CallOptions, events: CallEvents) {
    this.#options = options;
    this.#events = events;
    this.#connection = options.pool.take();
  }

  /** Sends the body, as soon as there is a connection. */
  start(address: CallAddress, body: Buffer): void {
    if (this.#isOver) return;
    const headers = [
      ...address.headers,
      "content-type",
      "application/json",
      "accept",
      this.#options.accept,
      "user-agent",
      "vouch-router",
      "x-request-id",
      this.#options.requestId,
    ];
    this.#connection.dispatch({ method: "POST", path: address.path, headers, body }, this);
    this.#isStarting = false;
  }

  /** Stops reading, so that the upstream is held back. */
  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // Never from inside the parser, which may be in the middle of another call's bytes.
    queueMicrotask(() => {
      if (!this.#isOver && !this.#isPaused) this.#controller?.resume();
    });
  }

  /** Closes the connection at once, in any phase; nothing is called after that. */
  destroy(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#options.pool.discard(this.#connection);
  }

  /** Nothing more is wanted of the answer, and it is whole: its connection may serve again when it ends soon. */
  letGo(): void {
    if (this.#isOver) return;
    this.#isLetGo = true;
    this.resume();
    this.#tailTimer = setTimeout(() => this.destroy(), TAIL_MS);
    this.#tailTimer.unref();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#connection.noteCall();
    this.#isReused = this.#connection.isReused;
    if (this.#isReused) this.#sentAt = performance.now();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.#isOver) return;
    this.#isAnswered = true;
    this.#events.answered(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (!this.#isOver && !this.#isLetGo) this.#events.data(piece);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#options.pool.release(this.#connection);
    if (!this.#isLetGo) this.#events.ended();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, cause: Error): void {
    if (this.#isStarting) queueMicrotask(() => this.fail(this.#faultOf(cause)));
    else this.fail(this.#faultOf(cause));
  }

  /** Ends the call with an error, its own or that of what was needed to start it. */
  fail(error: UpstreamError): void {
    if (this.#isOver) return;
    this.destroy();
    if (!this.#isLetGo) this.#events.failed(error);
  }

  #faultOf(cause: Error): UpstreamError {
    const { upstream } = this.#options;
    if (cause instanceof ConnectTimeoutError) {
      return upstreamFault("connect_timeout", upstream, { cause, isUnsent: true });
    }
    if (this.#controller === undefined) {
      return upstreamFault("connect_failed", upstream, { cause, isUnsent: true });
    }
    // A kept connection that the other side had closed meanwhile fails at once: the request met nobody.
    const isStale = this.#isReused && performance.now() - this.#sentAt < STALE_FAILURE_MS;
    return upstreamFault("connection_cut", upstream, { cause, isUnsent: isStale && !this.#isAnswered });
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#tailTimer);
  }
}
