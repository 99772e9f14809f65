import type { Socket } from "node:net";
import type { Backend } from "./backend.ts";
import {
  errorResponse,
  readyForQuery,
  SYNC_MESSAGE,
  type TransactionStatus,
  type WireError,
} from "./backend-messages.ts";
import { FramingError, FrontendFrameReader } from "./frontend-frames.ts";
import { replyMessages } from "./reply-reader.ts";
import { RequestQueue, type RequestUnit } from "./request-queue.ts";
import { parseStartup, refusedParameter, welcome } from "./startup.ts";
import { StatementNames } from "./statement-names.ts";
import type { TurnQueue, TurnTaker } from "./turn-queue.ts";

/** What a connection needs from the server it belongs to. */
export type ConnectionContext = {
  backend: Backend;
  turns: TurnQueue;
  serverParameters: ReadonlyMap<string, string>;
  /** A client that idles inside a transaction for longer loses it. */
  idleInTransactionMs: number;
  startupMs: number;
  /** Passes a cancel request on to the connection it names. */
  cancel(processId: number, secret: number): void;
  onClose(connection: ClientConnection): void;
};

/** Unread input beyond this stops reading from the socket. */
const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;

/** How long a client may take to read the last message before its connection is cut. */
const LAST_WORDS_MS = 5_000;

/** One client: its socket, its unread messages, and its turn at the database engine. */
export class ClientConnection implements TurnTaker {
  readonly processId: number;
  readonly secret: number;
  #socket: Socket;
  #context: ConnectionContext;
  #reader = new FrontendFrameReader();
  #names: StatementNames;
  #requests: RequestQueue;
  #hasStarted = false;
  #inputEnded = false;
  #isClosed = false;
  #holdsTurn = false;
  #isEnding = false;
  #startupTimer: NodeJS.Timeout;
  #idleTimer: NodeJS.Timeout | null = null;
  /** Wakes whoever waits for input or for the socket to drain. */
  #wake: (() => void) | null = null;

  constructor(socket: Socket, identity: { processId: number; secret: number }, context: ConnectionContext) {
    this.processId = identity.processId;
    this.secret = identity.secret;
    this.#socket = socket;
    this.#context = context;
    this.#names = new StatementNames(identity.processId);
    this.#requests = new RequestQueue(this.#names);
    this.#startupTimer = setTimeout(() => socket.destroy(), context.startupMs);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("end", () => this.#endInput());
    socket.on("drain", () => this.#pump());
    // An error is always followed by "close", which does the work.
    socket.on("error", () => {});
    socket.on("close", () => this.#close());
  }

  /** Sends a last error and ends the connection; unread requests are dropped. */
  end(error: WireError): void {
    this.#requests.clear();
    this.#inputEnded = true;
    if (this.#socket.writable) this.#socket.end(errorResponse(error));
    this.#wake?.();
    this.#closeSoon();
  }

  /** Answers the first waiting request with "canceled". A request the engine already works on cannot be stopped. */
  cancelWaitingRequest(): void {
    if (this.#holdsTurn) return;
    const outcome = this.#requests.cancelFirst();
    if (outcome === "nothing") return;
    this.#write(
      errorResponse({ severity: "ERROR", code: "57014", message: "canceling statement due to user request" }),
    );
    if (outcome === "answer") this.#write(readyForQuery("I"));
    this.#pump();
  }

  get isReading(): boolean {
    return this.#requests.beginsReading;
  }

  /** Holds the engine from the first request until the engine says that no transaction is open. */
  async takeTurn(): Promise<void> {
    const { backend } = this.#context;
    if (!this.#canRun()) return;
    this.#holdsTurn = true;
    let status: TransactionStatus | null = null;
    // What is answered while more requests wait leaves together: a packet less for us, and for the client to wake up for.
    this.#socket.cork();
    try {
      await backend.enter(this);
      do {
        if (!(await this.#waitForUnit())) break;
        status = await this.#run(this.#requests.takeUnit());
      } while (status !== "I");
      if (status !== "I") await backend.abandon();
    } finally {
      this.#holdsTurn = false;
      this.#socket.uncork();
    }
    this.#pump();
  }

  async #run(unit: RequestUnit): Promise<TransactionStatus | null> {
    const { backend } = this.#context;
    backend.noteLeaving(unit.leaves);
    let status: TransactionStatus | null;
    if (unit.refusal) {
      const refused = await backend.executeQuietly(unit.messages);
      status = refused.status;
      const refusal = errorResponse(unit.refusal);
      for (const { type, bytes } of replyMessages(refused.reply)) this.#write(type === "E" ? refusal : bytes);
    } else {
      const startMs = performance.now();
      status = await backend.execute(unit.messages, (chunk) => this.#write(chunk));
      backend.times.note(performance.now() - startMs);
    }
    if (this.#socket.isPaused() && this.#requests.bufferedBytes < BUFFERED_BYTES_MAX) this.#socket.resume();
    return status;
  }

  /**
   * Waits, while holding the turn, until the client has sent its next request and read enough of the last reply.
   *
   * @returns false when the client is gone, said goodbye, or idled for too long.
   */
  async #waitForUnit(): Promise<boolean> {
    if (this.#canRun()) return true;
    this.#socket.uncork();
    this.#idleTimer = setTimeout(() => this.#endIdle(), this.#context.idleInTransactionMs);
    try {
      while (!this.#canRun()) {
        if (this.#isClosed || this.#inputEnded || this.#requests.endsHere) return false;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      return true;
    } finally {
      this.#wake = null;
      clearTimeout(this.#idleTimer);
      this.#idleTimer = null;
      this.#socket.cork();
    }
  }

  #canRun(): boolean {
    return (
      !this.#isClosed && this.#requests.hasUnit && !this.#requests.endsHere && !this.#socket.writableNeedDrain
    );
  }

  #endIdle(): void {
    this.end({
      severity: "FATAL",
      code: "25P03",
      message: "terminating connection due to idle-in-transaction timeout",
      hint: "The embedded database serves one client at a time; keep transactions short.",
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#isClosed || this.#inputEnded) return;
    this.#idleTimer?.refresh();
    try {
      this.#reader.push(chunk);
      if (!this.#hasStarted && !this.#start()) return;
      for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) {
        if (!this.#requests.push(frame)) throw new FramingError(`invalid message type "${frame.type}"`);
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.end({ severity: "FATAL", code: "08P01", message: error.message });
      return;
    }
    if (this.#requests.bufferedBytes >= BUFFERED_BYTES_MAX) this.#socket.pause();
    this.#pump();
  }

  /** Works through the untyped messages at the beginning; true once the session is open. */
  #start(): boolean {
    for (let body = this.#reader.nextStartup(); body; body = this.#reader.nextStartup()) {
      const request = parseStartup(body);
      if (request.kind === "encryption") this.#write(Buffer.from("N"));
      else if (request.kind === "session") {
        const refusal = refusedParameter(request.parameters);
        if (refusal) this.end(refusal);
        else this.#write(welcome(request, this.#context.serverParameters, this));
        clearTimeout(this.#startupTimer);
        this.#hasStarted = true;
        return !refusal;
      } else {
        if (request.kind === "cancel") this.#context.cancel(request.processId, request.secret);
        this.#socket.destroy();
        return false;
      }
    }
    return false;
  }

  /** Decides what to do next after anything has changed. */
  #pump(): void {
    if (this.#holdsTurn) {
      this.#wake?.();
      return;
    }
    if (this.#requests.discardToSync()) this.#write(readyForQuery("I"));
    if (this.#requests.endsHere) this.#closeSoon();
    else if (this.#canRun() && !this.#requests.isDiscarding) this.#context.turns.request(this);
    else if (this.#inputEnded && !this.#requests.hasUnit) this.#closeSoon();
  }

  #endInput(): void {
    this.#inputEnded = true;
    this.#pump();
  }

  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Ends the connection once what was written has left, or when the client does not take it. */
  #closeSoon(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const destroy = () => this.#socket.destroy();
    const deadline = setTimeout(destroy, LAST_WORDS_MS);
    this.#socket.once("close", () => clearTimeout(deadline));
    if (this.#socket.writable) this.#socket.end(destroy);
    else this.#socket.once("finish", destroy);
    if (this.#socket.writableFinished) destroy();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#startupTimer);
    this.#requests.clear();
    this.#context.turns.withdraw(this);
    this.#wake?.();
    this.#context.onClose(this);
    const closeMessages = this.#names.closeMessages();
    if (closeMessages.length === 0) return;
    const { backend, turns } = this.#context;
    // Queued behind this client's own turn, if it has one. A broken engine needs no tidying.
    turns
      .runExclusive(() => backend.executeQuietly(Buffer.concat([...closeMessages, SYNC_MESSAGE])))
      .catch(() => {});
  }
}
