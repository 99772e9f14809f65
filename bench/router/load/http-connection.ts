import { connect, type Socket } from "node:net";

/** Who reads an answer. `end` or `fail` is called once, at last. */
export interface AnswerReader {
  head(status: number): void;
  /** Bytes of the body, without the framing of chunks: those of `buffer` from `start` to `end`. */
  body(buffer: Buffer, start: number, end: number): void;
  end(): void;
  fail(reason: string): void;
}

const STATE = {
  idle: 0,
  head: 1,
  counted: 2,
  untilClose: 3,
  size: 4,
  piece: 5,
  pieceEnd: 6,
  trailer: 7,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A bare HTTP/1.1 connection that is kept open: a generator of load must cost less than what it measures. */
export class HttpConnection {
  #socket: Socket;
  #state: State = STATE.idle;
  #reader: AnswerReader | undefined;
  #head: Buffer | undefined;
  /** Bytes still to come of a counted body or of a piece. */
  #left = 0;
  #isInExtension = false;
  #lineLength = 0;
  #isClosingAfter = false;
  #onFree: () => void;
  #isOpen = true;

  /**
   * @param onFree called when an answer has been read to its end and the connection can be used again.
   */
  constructor(port: number, onFree: () => void = () => {}) {
    this.#onFree = onFree;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (buffer: Buffer) => this.#take(buffer));
    this.#socket.on("error", (error: NodeJS.ErrnoException) => this.#close(error.code ?? error.message));
    this.#socket.on("close", () => this.#close("closed"));
  }

  /** False once it cannot carry another request. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends a whole request; the one before must have been answered. */
  send(request: string, reader: AnswerReader): void {
    this.#reader = reader;
    this.#state = STATE.head;
    this.#head = undefined;
    this.#socket.write(request, "latin1");
  }

  /** Closes the connection at once; nobody is told. */
  destroy(): void {
    this.#reader = undefined;
    this.#isOpen = false;
    this.#socket.destroy();
  }

  #close(reason: string): void {
    this.#isOpen = false;
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    if (this.#state === STATE.untilClose && reason === "closed") reader.end();
    else reader.fail(this.#state === STATE.head ? `${reason} before the answer` : `${reason} in the answer`);
  }

  #take(buffer: Buffer): void {
    let at = 0;
    while (at < buffer.length && this.#reader !== undefined) {
      if (this.#state === STATE.head) at = this.#takeHead(buffer);
      else if (this.#state === STATE.counted || this.#state === STATE.untilClose)
        at = this.#takeCounted(buffer, at);
      else at = this.#takeChunked(buffer, at);
    }
  }

  /** Returns where the body begins in this buffer. */
  #takeHead(buffer: Buffer): number {
    const before = this.#head?.length ?? 0;
    const whole = this.#head === undefined ? buffer : Buffer.concat([this.#head, buffer]);
    const end = whole.indexOf("\r\n\r\n");
    if (end === -1) {
      this.#head = whole;
      return buffer.length;
    }
    this.#head = undefined;
    const text = whole.toString("latin1", 0, end).toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(text)?.[1];
    this.#isClosingAfter = text.includes("\r\nconnection: close");
    this.#left = Number(length ?? 0);
    this.#state = length !== undefined ? STATE.counted : STATE.untilClose;
    if (text.includes("\r\ntransfer-encoding: chunked")) this.#beginSize();
    this.#reader?.head(Number(text.slice(9, 12)));
    if (this.#state === STATE.counted && this.#left === 0) this.#end();
    return end + 4 - before;
  }

  #takeCounted(buffer: Buffer, at: number): number {
    const end = this.#state === STATE.untilClose ? buffer.length : Math.min(buffer.length, at + this.#left);
    this.#left -= end - at;
    this.#reader?.body(buffer, at, end);
    if (this.#state === STATE.counted && this.#left === 0) this.#end();
    return end;
  }

  #beginSize(): void {
    this.#state = STATE.size;
    this.#left = 0;
    this.#isInExtension = false;
  }

  #takeChunked(buffer: Buffer, at: number): number {
    if (this.#state === STATE.piece) {
      const end = Math.min(buffer.length, at + this.#left);
      this.#left -= end - at;
      if (this.#left === 0) this.#state = STATE.pieceEnd;
      this.#reader?.body(buffer, at, end);
      return end;
    }
    const byte = buffer[at] ?? 0;
    if (this.#state === STATE.size) this.#takeSize(byte);
    else if (this.#state === STATE.pieceEnd) {
      if (byte === LINE_FEED) this.#beginSize();
    } else if (byte !== LINE_FEED) {
      if (byte !== CARRIAGE_RETURN) this.#lineLength += 1;
    } else if (this.#lineLength > 0) this.#lineLength = 0;
    else this.#end();
    return at + 1;
  }

  #takeSize(byte: number): void {
    if (byte === LINE_FEED) {
      this.#lineLength = 0;
      this.#state = this.#left === 0 ? STATE.trailer : STATE.piece;
      return;
    }
    // Digits, then letters of either case.
    const digit =
      byte >= 48 && byte <= 57 ? byte - 48 : (byte | 32) >= 97 && (byte | 32) <= 102 ? (byte | 32) - 87 : -1;
    if (digit === -1) this.#isInExtension = true;
    else if (!this.#isInExtension) this.#left = this.#left * 16 + digit;
  }

  #end(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#state = STATE.idle;
    if (this.#isClosingAfter) {
      this.#isOpen = false;
      this.#socket.destroy();
    }
    reader?.end();
    if (this.#isOpen && this.#reader === undefined) this.#onFree();
  }
}
