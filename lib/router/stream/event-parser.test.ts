import { describe, expect, test } from "vitest";
import { EventParser } from "./event-parser.ts";

const wire =
  '\uFEFF: hello\r\nevent: message\r\ndata: {"a":"é漢😀"}\r\n\r\ndata:{"b":1}\n\nid: 3\ndata: {"c":\ndata: 2}\n\n\n\ndata\ndata: [DONE]';
const expected = ['{"a":"é漢😀"}', '{"b":1}', '{"c":\n2}', "[DONE]"];

function parse(pieces: readonly Buffer[]): string[] {
  const parser = new EventParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
}

describe("the event parser", () => {
  const bytes = Buffer.from(wire);

  test("gives the same events wherever the bytes are cut in two", () => {
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(parse([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
  });

  test("gives the same events for any size of piece", () => {
    for (let size = 1; size <= 20; size += 1) {
      const count = Math.ceil(bytes.length / size);
      const pieces = Array.from({ length: count }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(parse(pieces)).toEqual(expected);
    }
  });

  test("hands an event over as soon as its empty line is there", () => {
    const parser = new EventParser();
    expect(parser.push(Buffer.from("data: 1\n"))).toEqual([]);
    expect(parser.push(Buffer.from("\ndata: 2"))).toEqual(["1"]);
    expect(parser.push(Buffer.from("\n\n"))).toEqual(["2"]);
    expect(parser.end()).toEqual([]);
  });

  test("refuses a line that never ends instead of keeping it", () => {
    const parser = new EventParser();
    const piece = Buffer.alloc(1024 * 1024, 120);
    const feed = () => {
      for (let megabytes = 0; megabytes < 20; megabytes += 1) parser.push(piece);
    };
    expect(feed).toThrow(RangeError);
  });
});
