import type { Socket } from "node:net";
import type { Listed } from "../../roster.ts";
import type { AnswerHead } from "./answer-head.ts";
import { AnswerParser, type AnswerSink } from "./answer-parser.ts";
import { type ConnectionSettings, openSocket, type SocketEvents } from "./open-socket.ts";

/** What a connection tells its pool. */
export interface ConnectionOwner {
  /** The other side has closed it, or said something nobody asked for. */
  closed(connection: Connection): void;
}

/** The call a connection carries; bytes are lent until the method returns. After `end` or `cut` nothing more is called. */
export interface ConnectionUser extends AnswerSink {
  /** The request is being written. */
  sent(isReused: boolean): void;
  /** All bytes that arrived together have been handed on. */
  delivered(): void;
  /** The connection failed, or said something that is no HTTP, before the answer was whole. */
  cut(cause: Error): void;
}

/** The other side ended the connection in the middle of an answer, or before one. */
class ConnectionEndedError extends Error {
  constructor() {
    super("the other side closed the connection");
    this.name = "ConnectionEndedError";
  }
}

/**
 * One connection to a server, for one call at a time: HTTP/1.1, a request written at once, its answer handed on as it
 * arrives. It has no time limits of its own after the connecting.
 */
export class Connection implements AnswerSink, SocketEvents, Listed {
  rosterPlace = -1;
  /** Idle, it is not to be used after this time of `performance.now()`. */
  usableUntilMs = Number.POSITIVE_INFINITY;
  #socket: Socket;
  #owner: ConnectionOwner;
  #parser: AnswerParser;
  #user: ConnectionUser | undefined;
  #request = "";
  #callsSent = 0;
  #isConnected = false;
  #head: AnswerHead | undefined;
  /** The answer's last byte was read, and the user is yet to be told. */
  #hasEnded = false;

  constructor(settings: ConnectionSettings, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#parser = new AnswerParser(this);
    this.#socket = openSocket(settings, this);
  }

  /** How long the server says it keeps an idle connection, ms; undefined when it does not say. */
  get keptMs(): number | undefined {
    return this.#head?.keptMs;
  }

  /** Sends a request, as soon as the connection is made. The one before must have been answered. */
  send(request: string, user: ConnectionUser): void {
    this.#user = user;
    this.#head = undefined;
    this.#hasEnded = false;
    this.#parser.reset();
    this.#request = request;
    if (this.#isConnected) this.#write();
  }

  /** Stops reading, so that the server is held back. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Closes the socket at once, in any phase; nobody is told. */
  destroy(): void {
    this.#user = undefined;
    this.#parser.stop();
    this.#socket.destroy();
  }

  head(head: AnswerHead): void {
    this.#head = head;
    this.#user?.head(head);
  }

  body(bytes: Buffer, start: number, end: number): void {
    this.#user?.body(bytes, start, end);
  }

  end(): void {
    this.#hasEnded = true;
  }

  connected(): void {
    this.#isConnected = true;
    if (this.#user !== undefined) this.#write();
  }

  #write(): void {
    const request = this.#request;
    this.#request = "";
    this.#callsSent += 1;
    this.#user?.sent(this.#callsSent > 1);
    this.#socket.write(request);
  }

  data(bytes: Buffer, size: number): void {
    const user = this.#user;
    if (user === undefined) {
      this.#lose();
      return;
    }
    let used: number;
    try {
      used = this.#parser.read(bytes, size);
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.#hasEnded) this.#over(used < size);
    else this.#user?.delivered();
  }

  /** The answer is whole; the connection is free, or closed, before its user hears of it. */
  #over(hasMore: boolean): void {
    const user = this.#user;
    this.#user = undefined;
    this.#hasEnded = false;
    // Bytes behind the answer belong to no call, and a request half sent would be the beginning of the next one.
    const isUsable = this.#head?.isKept === true && !hasMore && this.#socket.writableLength === 0;
    if (!isUsable) this.#lose();
    user?.end();
  }

  ended(): void {
    if (this.#user === undefined) this.#lose();
    else if (this.#parser.finish()) this.#over(false);
    else this.failed(new ConnectionEndedError());
  }

  failed(cause: Error): void {
    const user = this.#user;
    this.#lose();
    user?.cut(cause);
  }

  #lose(): void {
    this.destroy();
    this.#owner.closed(this);
  }
}
