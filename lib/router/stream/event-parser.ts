const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** Of `data:`. */
const DATA_LENGTH = 5;

/** Longest event accepted, bytes: an upstream that never ends a line must not fill memory. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

/**
 * Reads server-sent events out of bytes that may be split anywhere, also inside a character or between CR and LF.
 *
 * Lines end with LF or CRLF (no known server sends a lone CR); comments and fields other than `data` are passed
 * over, the space after `data:` is optional, several `data` lines are joined with LF, a leading byte order mark is
 * dropped. Lines are cut as bytes and decoded whole, so no character is ever torn.
 */
export class EventParser {
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  #data: string | undefined;
  #isFirstLine = true;

  /**
   * Takes the next bytes: those of `bytes` from `start` to `end`. They are copied where they are needed later.
   *
   * @param events gets the data of the events that became complete, in order; also returned.
   * @throws RangeError when one event outgrows 16 MiB.
   */
  push(bytes: Buffer, start = 0, end = bytes.length, events: string[] = []): string[] {
    let from = start;
    while (from < end) {
      const feed = bytes.indexOf(LINE_FEED, from);
      if (feed === -1 || feed >= end) break;
      if (this.#pieceBytes > 0 || this.#isFirstLine) this.#takeLine(this.#line(bytes, from, feed), events);
      else this.#takeWholeLine(bytes, from, feed, events);
      from = feed + 1;
    }
    if (from < end) {
      this.#pieces.push(Buffer.from(bytes.subarray(from, end)));
      this.#pieceBytes += end - from;
      if (this.#pieceBytes > MAX_EVENT_BYTES) throw new RangeError("an event is longer than 16 MiB");
    }
    return events;
  }

  /** The stream ended: returns a last event that lacks its closing empty line, as many servers send `[DONE]`. */
  end(): string[] {
    const events: string[] = [];
    if (this.#pieceBytes > 0) this.#takeLine(this.#line(Buffer.alloc(0), 0, 0), events);
    this.#takeLine("", events);
    return events;
  }

  /** A line that lies in one piece: decoded from its value on, when it has one at all. */
  #takeWholeLine(chunk: Buffer, start: number, end: number, events: string[]): void {
    const last = end > start && chunk[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (last === start) this.#takeEmptyLine(events);
    else if (isData(chunk, start)) {
      const from = start + DATA_LENGTH;
      this.#takeData(chunk.toString("utf8", chunk[from] === SPACE && from < last ? from + 1 : from, last));
    }
  }

  #line(chunk: Buffer, start: number, end: number): string {
    if (this.#pieceBytes === 0) {
      const last = end > start && chunk[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
      return chunk.toString("utf8", start, last);
    }
    this.#pieces.push(chunk.subarray(start, end));
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#pieceBytes = 0;
    const last = whole.at(-1) === CARRIAGE_RETURN ? whole.length - 1 : whole.length;
    return whole.toString("utf8", 0, last);
  }

  #takeLine(decoded: string, events: string[]): void {
    let line = decoded;
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      if (line.charCodeAt(0) === 0xfeff) line = line.slice(1);
    }
    if (line === "") this.#takeEmptyLine(events);
    else if (line.startsWith("data:")) {
      this.#takeData(line.slice(line.charCodeAt(DATA_LENGTH) === SPACE ? DATA_LENGTH + 1 : DATA_LENGTH));
    }
  }

  #takeEmptyLine(events: string[]): void {
    if (this.#data !== undefined) events.push(this.#data);
    this.#data = undefined;
  }

  #takeData(value: string): void {
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    if (this.#data.length > MAX_EVENT_BYTES) throw new RangeError("an event is longer than 16 MiB");
  }
}

/** True when `data:` stands there; a shorter line ends with other bytes. */
function isData(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 0x64 &&
    bytes[at + 1] === 0x61 &&
    bytes[at + 2] === 0x74 &&
    bytes[at + 3] === 0x61 &&
    bytes[at + 4] === 0x3a
  );
}
