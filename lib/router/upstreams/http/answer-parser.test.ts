import { describe, expect, test } from "vitest";
import { type AnswerHead, MalformedAnswerError } from "./answer-head.ts";
import { AnswerParser } from "./answer-parser.ts";

/** Reads an answer and writes down what it held; `pieces` are put into one lent buffer in turn. */
function read(pieces: readonly Buffer[]) {
  const seen = { heads: [] as AnswerHead[], body: "", isWhole: false, rest: 0 };
  const parser = new AnswerParser({
    head: (head) => seen.heads.push(head),
    body: (bytes, start, end) => {
      seen.body += bytes.toString("latin1", start, end);
    },
    end: () => {
      seen.isWhole = true;
    },
  });
  // Behind the bytes that were read stands rubbish that looks like the end of everything.
  const lent = Buffer.from("0\r\n\r\n\r\n\r\n".repeat(2_000));
  for (const piece of pieces) {
    piece.copy(lent);
    seen.rest += piece.length - parser.read(lent, piece.length);
  }
  return { ...seen, endsWithConnection: () => parser.finish() };
}

const readText = (text: string) => read([Buffer.from(text, "latin1")]);
const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

describe("an answer", () => {
  const wire = `HTTP/1.1 100 Continue\r\n\r\n${OK}Date: now\r\nRetry-After: 3\r\nx-ms-region: West\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nHello\r\n7;note="a b"\r\n, world\r\n0\r\nchecksum: 1\r\n\r\n`;

  test("is the same wherever its bytes are cut in two, and byte by byte", () => {
    const bytes = Buffer.from(wire);
    const cuts = Array.from({ length: bytes.length + 1 }, (_, at) => [
      bytes.subarray(0, at),
      bytes.subarray(at),
    ]);
    const single = Array.from(bytes, (byte) => Buffer.from([byte]));
    for (const pieces of [...cuts, single]) {
      const { heads, body, isWhole, rest } = read(pieces);
      expect({ body, isWhole, rest }).toEqual({ body: "Hello, world", isWhole: true, rest: 0 });
      expect(heads).toEqual([
        {
          status: 200,
          headers: { "retry-after": "3", "x-ms-region": "West" },
          framing: "chunked",
          isKept: true,
          keptMs: undefined,
        },
      ]);
    }
  });

  test("ends where its length says; what follows is not its own", () => {
    const { body, isWhole, rest } = readText(`${OK}content-length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\n\r\n`);
    expect({ body, isWhole, rest }).toEqual({ body: "body", isWhole: true, rest: 19 });
    expect(readText(`${CHUNKED}0\r\n\r\nrubbish`)).toMatchObject({ isWhole: true, rest: 7 });
  });

  test("without a length ends with its connection, all others do not", () => {
    const open = readText(`${OK}\r\nall of it`);
    expect(open).toMatchObject({ body: "all of it", isWhole: false });
    expect(open.endsWithConnection()).toBe(true);
    for (const text of ["", OK, `${OK}content-length: 5\r\n\r\nhalf`, `${CHUNKED}5\r\nHello\r\n`]) {
      expect(readText(text).endsWithConnection()).toBe(false);
    }
  });

  test.each([204, 304])("with the status %d has no body, whatever it says", (status) => {
    const { body, isWhole, rest } = readText(`HTTP/1.1 ${status} None\r\ncontent-length: 5\r\n\r\n12345`);
    expect({ body, isWhole, rest }).toEqual({ body: "", isWhole: true, rest: 5 });
  });

  test("says how long its connection is kept", () => {
    const head = (text: string) => readText(text).heads[0];
    const none = "content-length: 0\r\n";
    expect(head(`${OK}${none}\r\n`)).toMatchObject({ isKept: true, keptMs: undefined });
    expect(head(`${OK}${none}Keep-Alive: timeout=5, max=9\r\n\r\n`)).toMatchObject({ keptMs: 5_000 });
    expect(head(`${OK}${none}Connection: Close\r\n\r\n`)).toMatchObject({ isKept: false });
    expect(head(`${OK}${none}Connection: x\r\nConnection: y, close\r\n\r\n`)).toMatchObject({
      isKept: false,
    });
    expect(head(`HTTP/1.0 200 OK\r\n${none}\r\n`)).toMatchObject({ isKept: false });
    expect(head(`HTTP/1.0 200 OK\r\n${none}Connection: keep-alive\r\n\r\n`)).toMatchObject({ isKept: true });
  });
});

describe("an answer is refused", () => {
  const long = "x".repeat(17 * 1024);
  test.each([
    ["that is no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n"],
    ["of another version", "HTTP/2 200 OK\r\n\r\n"],
    ["without a status", "HTTP/1.1 OK\r\n\r\n"],
    ["with a bare line feed in its head", "HTTP/1.1 200 OK\nserver: x\r\n\r\n"],
    ["with a bare carriage return in a header", `${OK}server: a\rb\r\n\r\n`],
    ["with a folded header", `${OK}server: a\r\n b\r\n\r\n`],
    ["with a blank before the colon", `${OK}content-length : 3\r\n\r\nabc`],
    ["with a header that has no name", `${OK}: 3\r\n\r\n`],
    ["with a zero byte in a header", `${OK}server: a\0b\r\n\r\n`],
    ["with two lengths", `${OK}content-length: 3\r\ncontent-length: 3\r\n\r\nabc`],
    ["with a list of lengths", `${OK}content-length: 3, 3\r\n\r\nabc`],
    ["with a negative length", `${OK}content-length: -1\r\n\r\n`],
    ["with a length in other digits", `${OK}content-length: 0x10\r\n\r\n`],
    ["with an immense length", `${OK}content-length: ${"9".repeat(30)}\r\n\r\n`],
    ["with a length and chunks", `${OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["with a coding nobody offered", `${OK}transfer-encoding: gzip, chunked\r\n\r\n`],
    ["with two codings", `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n`],
    ["with chunks of an older version", "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"],
    ["that changes the protocol", "HTTP/1.1 101 Switching\r\n\r\n"],
    ["announced by hints without end", "HTTP/1.1 103 Hints\r\n\r\n".repeat(20)],
    ["with a head too long", `${OK}server: ${long}\r\n\r\n`],
    ["with a head that never ends", `${OK}server: ${long}`],
    ["with a chunk's size that is none", `${CHUNKED}xyz\r\n`],
    ["with a chunk without a size", `${CHUNKED}\r\n`],
    ["with a negative chunk", `${CHUNKED}-5\r\nHello\r\n`],
    ["with a size in another writing", `${CHUNKED}0x5\r\nHello\r\n`],
    ["with a blank before a size", `${CHUNKED} 5\r\nHello\r\n`],
    ["with an immense chunk", `${CHUNKED}${"f".repeat(17)}\r\n`],
    ["with a chunk longer than it said", `${CHUNKED}5\r\nHello!\r\n`],
    ["with a bare line feed behind a size", `${CHUNKED}5\nHello\r\n`],
    ["with a bare line feed behind a chunk", `${CHUNKED}5\r\nHello\n`],
    ["with a control character in an extension", `${CHUNKED}5;a\0b\r\nHello\r\n`],
    ["with an extension too long", `${CHUNKED}5;${"x".repeat(2_000)}\r\n`],
    ["with a bare line feed in its trailer", `${CHUNKED}0\r\na: b\n\r\n`],
    ["with a trailer that never ends", `${CHUNKED}0\r\n${"a: b\r\n".repeat(4_000)}`],
  ])("%s", (_what, text) => {
    const bytes = Buffer.from(text, "latin1");
    const pieces = Array.from({ length: Math.ceil(bytes.length / 8192) }, (_, at) =>
      bytes.subarray(at * 8192, (at + 1) * 8192),
    );
    expect(() => read(pieces)).toThrow(MalformedAnswerError);
  });
});

test("nothing is handed on after the reading was stopped", () => {
  let pieces = 0;
  const parser: AnswerParser = new AnswerParser({
    head: () => {},
    body: () => {
      pieces += 1;
      parser.stop();
    },
    end: () => expect.fail("the answer ended"),
  });
  const bytes = Buffer.from(`${CHUNKED}5\r\nHello\r\n5\r\nHello\r\n0\r\n\r\n`);
  parser.read(bytes, bytes.length);
  expect([pieces, parser.isOver]).toEqual([1, true]);
});
