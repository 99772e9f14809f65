/** Headers of an answer that somebody looks at, names in lower case; all others are checked and dropped. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** How the end of a body is known (RFC 9112, section 6.3): its length in bytes, chunks, or the connection's end. */
type BodyFraming = number | "chunked" | "close";

/** The head of an answer, read. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly framing: BodyFraming;
  /** True when the connection may carry another call after this answer. */
  readonly isKept: boolean;
  /** How long the server keeps an idle connection, ms; undefined when it does not say. */
  readonly keptMs: number | undefined;
}

/** An answer that is no HTTP/1.1, or contradicts itself: where it ends is anybody's guess. */
export class MalformedAnswerError extends Error {
  constructor(what: string) {
    super(`malformed answer: ${what}`);
    this.name = "MalformedAnswerError";
  }
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\p{Cc}]*)?\r\n/u;

/** One field, without line folding; the value's blanks at the end are cut later, since a pattern for them could crawl. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not stand there.
const FIELD = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\x00-\x08\x0a-\x1f\x7f]*)\r\n/y;

const LENGTH = /^\d{1,15}$/;

/** Beside these everything under `x-ms-`: Azure tells there who served a call. */
const KEPT_HEADERS = new Set(["retry-after", "retry-after-ms"]);

/** What the fields of a head say together. */
interface Fields {
  headers: Record<string, string>;
  length: string | undefined;
  coding: string | undefined;
  connection: string;
  keepAlive: string | undefined;
}

/**
 * Reads a head.
 *
 * @param text status line and fields, each with its CR LF, without the empty line; one character a byte.
 * @throws MalformedAnswerError when it is not strictly what RFC 9112 asks for, or length and chunks contradict.
 */
export function readAnswerHead(text: string): AnswerHead {
  const line = STATUS_LINE.exec(text);
  if (line === null) throw new MalformedAnswerError("no status line");
  const status = Number(line[2]);
  const fields = readFields(text, line[0].length);
  const isNewest = line[1] === "1";
  const framing = framingOf(status, fields, isNewest);
  const asked = fields.connection.toLowerCase();
  const isKept = framing !== "close" && (isNewest ? !has(asked, "close") : has(asked, "keep-alive"));
  const seconds = fields.keepAlive === undefined ? null : /timeout=(\d{1,6})/i.exec(fields.keepAlive);
  const keptMs = seconds === null ? undefined : Number(seconds[1]) * 1000;
  return { status, headers: fields.headers, framing, isKept, keptMs };
}

function readFields(text: string, start: number): Fields {
  const fields: Fields = {
    headers: {},
    length: undefined,
    coding: undefined,
    connection: "",
    keepAlive: undefined,
  };
  let at = start;
  while (at < text.length) {
    FIELD.lastIndex = at;
    const match = FIELD.exec(text);
    if (match === null) throw new MalformedAnswerError("a header that is none");
    at = FIELD.lastIndex;
    takeField(fields, (match[1] as string).toLowerCase(), (match[2] as string).trim());
  }
  return fields;
}

function takeField(fields: Fields, name: string, value: string): void {
  switch (name) {
    case "content-length":
      if (fields.length !== undefined) throw new MalformedAnswerError("two lengths");
      fields.length = value;
      return;
    case "transfer-encoding":
      if (fields.coding !== undefined) throw new MalformedAnswerError("two transfer codings");
      fields.coding = value.toLowerCase();
      return;
    case "connection":
      fields.connection = fields.connection === "" ? value : `${fields.connection},${value}`;
      return;
    case "keep-alive":
      fields.keepAlive = value;
      return;
    default:
      if (KEPT_HEADERS.has(name) || name.startsWith("x-ms-")) {
        const before = fields.headers[name];
        fields.headers[name] = before === undefined ? value : `${before}, ${value}`;
      }
  }
}

function framingOf(status: number, { length, coding }: Fields, isNewest: boolean): BodyFraming {
  if (coding !== undefined && length !== undefined) {
    throw new MalformedAnswerError("a length and a transfer coding");
  }
  if (status === 204 || status === 304 || status < 200) return 0;
  if (coding !== undefined) {
    // Other codings were not offered, and an older server knows none.
    if (coding !== "chunked" || !isNewest) throw new MalformedAnswerError("an unknown transfer coding");
    return "chunked";
  }
  if (length === undefined) return "close";
  if (!LENGTH.test(length)) throw new MalformedAnswerError("a length that is none");
  return Number(length);
}

/** True when a comma-separated list names the option. */
function has(list: string, option: string): boolean {
  return list !== "" && list.split(",").some((one) => one.trim() === option);
}
