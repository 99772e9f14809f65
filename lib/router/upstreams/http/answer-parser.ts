import { type AnswerHead, MalformedAnswerError, readAnswerHead } from "./answer-head.ts";

/** Who takes an answer. Bytes are lent: they are overwritten when the call returns. */
export interface AnswerSink {
  /** The head of the answer itself; those of 1xx before it are passed over. */
  head(head: AnswerHead): void;
  /** Bytes of the body, without the framing of chunks: those of `bytes` from `start` to `end`. */
  body(bytes: Buffer, start: number, end: number): void;
  /** The body is whole. */
  end(): void;
}

/** As Node's own client: no honest head is longer. The trailer of a chunked body has the same limit. */
const MAX_HEAD_BYTES = 16 * 1024;

/** A line with the size of a chunk, extensions included. */
const MAX_SIZE_LINE_BYTES = 1024;

/** More digits than these are no size. */
const MAX_SIZE_DIGITS = 12;

/** Heads of 1xx before the answer. */
const MAX_HINTS = 16;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const HEAD_END = Buffer.from("\r\n\r\n");

const STATE = {
  head: 0,
  /** Of known length. */
  counted: 1,
  /** Until the connection ends. */
  open: 2,
  size: 3,
  extension: 4,
  sizeEnd: 5,
  piece: 6,
  pieceEnd: 7,
  pieceFeed: 8,
  /** At the beginning of a line of the trailer. */
  trailer: 9,
  trailerLine: 10,
  trailerFeed: 11,
  lastFeed: 12,
  over: 13,
} as const;
type State = (typeof STATE)[keyof typeof STATE];

/**
 * Reads one answer of HTTP/1.1 out of bytes that may be split anywhere. Strict: what RFC 9112 leaves to a reader's
 * leniency (bare line feeds, folded headers, two lengths, white space in sizes) ends the answer, since two readers who
 * are lenient in different ways see different answers.
 */
export class AnswerParser {
  #sink: AnswerSink;
  #state: State = STATE.head;
  /** Of a head that came in pieces. */
  #head: Buffer | undefined;
  #hints = 0;
  /** Bytes still to come of a counted body or a chunk; while a size is read, the size so far. */
  #left = 0;
  #digits = 0;
  /** Of the line or the trailer being read. */
  #lineBytes = 0;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** True after the answer's last byte, and after {@link stop}. */
  get isOver(): boolean {
    return this.#state === STATE.over;
  }

  /** Begins the next answer on the same connection. */
  reset(): void {
    this.#state = STATE.head;
    this.#head = undefined;
    this.#hints = 0;
  }

  /** No more is wanted: the rest is not looked at. */
  stop(): void {
    this.#state = STATE.over;
  }

  /**
   * Takes the next bytes.
   *
   * @returns how many of them belonged to the answer.
   * @throws MalformedAnswerError
   */
  read(bytes: Buffer, size: number): number {
    let at = 0;
    while (at < size && this.#state !== STATE.over) {
      switch (this.#state) {
        case STATE.head:
          at = this.#readHead(bytes, at, size);
          break;
        case STATE.counted:
        case STATE.open:
          at = this.#readCounted(bytes, at, size);
          break;
        case STATE.piece:
          at = this.#readPiece(bytes, at, size);
          break;
        default:
          this.#readByte(bytes[at] as number);
          at += 1;
      }
    }
    return at;
  }

  /** The connection ended in order. Returns true when that ends the answer as well. */
  finish(): boolean {
    if (this.#state !== STATE.open) return false;
    this.#end();
    return true;
  }

  #readHead(bytes: Buffer, start: number, size: number): number {
    const before = this.#head;
    const known = before?.length ?? 0;
    const whole = before === undefined ? bytes : Buffer.concat([before, bytes.subarray(start, size)]);
    const [from, limit] = before === undefined ? [start, size] : [0, whole.length];
    const end = whole.indexOf(HEAD_END, Math.max(from, known - 3));
    // The buffer is lent whole: what stands behind the bytes that were read is an earlier answer's.
    const isWhole = end !== -1 && end + HEAD_END.length <= limit;
    if ((isWhole ? end : limit) - from > MAX_HEAD_BYTES) throw new MalformedAnswerError("a head too long");
    if (!isWhole) {
      this.#head = before === undefined ? Buffer.from(bytes.subarray(start, size)) : whole;
      return size;
    }
    this.#head = undefined;
    this.#takeHead(readAnswerHead(whole.toString("latin1", from, end + 2)));
    return before === undefined ? end + HEAD_END.length : start + end + HEAD_END.length - known;
  }

  #takeHead(head: AnswerHead): void {
    const { status, framing } = head;
    if (status < 200) {
      this.#hints += 1;
      if (status === 101 || this.#hints > MAX_HINTS) throw new MalformedAnswerError(`a status ${status}`);
      return;
    }
    if (framing === "chunked") this.#beginSize();
    else {
      this.#state = framing === "close" ? STATE.open : STATE.counted;
      this.#left = framing === "close" ? Number.POSITIVE_INFINITY : framing;
    }
    this.#sink.head(head);
    if (this.#state === STATE.counted && this.#left === 0) this.#end();
  }

  #readCounted(bytes: Buffer, at: number, size: number): number {
    const end = Math.min(size, at + this.#left);
    this.#left -= end - at;
    this.#sink.body(bytes, at, end);
    if (this.#left === 0 && this.#state === STATE.counted) this.#end();
    return end;
  }

  #readPiece(bytes: Buffer, at: number, size: number): number {
    const end = Math.min(size, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = STATE.pieceEnd;
    this.#sink.body(bytes, at, end);
    return end;
  }

  #beginSize(): void {
    this.#state = STATE.size;
    this.#left = 0;
    this.#digits = 0;
    this.#lineBytes = 0;
  }

  /** The framing of chunks (RFC 9112, section 7.1), a byte at a time. */
  #readByte(byte: number): void {
    switch (this.#state) {
      case STATE.size:
        this.#readSize(byte);
        break;
      case STATE.extension:
        this.#countLine(MAX_SIZE_LINE_BYTES);
        if (byte === CARRIAGE_RETURN) this.#state = STATE.sizeEnd;
        else refuseControl(byte);
        break;
      case STATE.sizeEnd:
        expect(byte, LINE_FEED);
        this.#lineBytes = 0;
        this.#state = this.#left === 0 ? STATE.trailer : STATE.piece;
        break;
      case STATE.pieceEnd:
        expect(byte, CARRIAGE_RETURN);
        this.#state = STATE.pieceFeed;
        break;
      case STATE.pieceFeed:
        expect(byte, LINE_FEED);
        this.#beginSize();
        break;
      default:
        this.#readTrailer(byte);
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit !== -1) {
      this.#digits += 1;
      if (this.#digits > MAX_SIZE_DIGITS) throw new MalformedAnswerError("a chunk too large");
      this.#left = this.#left * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw new MalformedAnswerError("a chunk without a size");
    if (byte === CARRIAGE_RETURN) this.#state = STATE.sizeEnd;
    else if (byte === 0x3b) this.#state = STATE.extension;
    else throw new MalformedAnswerError("a chunk's size that is none");
  }

  /** Fields after the last chunk: nobody reads them, but they must end. */
  #readTrailer(byte: number): void {
    this.#countLine(MAX_HEAD_BYTES);
    if (this.#state === STATE.trailer && byte === CARRIAGE_RETURN) this.#state = STATE.lastFeed;
    else if (this.#state === STATE.lastFeed) {
      expect(byte, LINE_FEED);
      this.#end();
    } else if (this.#state === STATE.trailerFeed) {
      expect(byte, LINE_FEED);
      this.#state = STATE.trailer;
    } else if (byte === CARRIAGE_RETURN) this.#state = STATE.trailerFeed;
    else {
      refuseControl(byte);
      this.#state = STATE.trailerLine;
    }
  }

  #countLine(limit: number): void {
    this.#lineBytes += 1;
    if (this.#lineBytes > limit) throw new MalformedAnswerError("a line too long");
  }

  #end(): void {
    this.#state = STATE.over;
    this.#sink.end();
  }
}

function expect(byte: number, wanted: number): void {
  if (byte !== wanted) throw new MalformedAnswerError("a chunk that ends elsewhere than it said");
}

function refuseControl(byte: number): void {
  if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) {
    throw new MalformedAnswerError("a control character between chunks");
  }
}

/** Value of a hexadecimal digit; -1 for any other byte. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
