import { describe, expect, it } from "vitest";
import { protocolMessage, queryMessage, SYNC_MESSAGE } from "./backend-messages.ts";
import { FramingError, FrontendFrameReader } from "./frontend-frames.ts";

const startup = protocolMessage(" ", Buffer.from("\0\u0003\0\0user\0someone\0\0")).subarray(1);
const typed = [queryMessage("select 'é'"), SYNC_MESSAGE, protocolMessage("X", Buffer.alloc(0))];

function readAll(chunks: Buffer[]): { startup: Buffer[]; frames: Buffer[] } {
  const reader = new FrontendFrameReader();
  const seen = { startup: [] as Buffer[], frames: [] as Buffer[] };
  for (const chunk of chunks) {
    reader.push(chunk);
    const body = seen.startup.length === 0 ? reader.nextStartup() : undefined;
    if (body) seen.startup.push(body);
    if (seen.startup.length === 0) continue;
    for (let frame = reader.next(); frame; frame = reader.next()) seen.frames.push(frame.bytes);
  }
  return seen;
}

describe("frontend frames", () => {
  const stream = Buffer.concat([startup, ...typed]);

  it("come out the same wherever the stream is cut in two", () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { startup: bodies, frames } = readAll([stream.subarray(0, cut), stream.subarray(cut)]);
      expect(bodies).toEqual([startup.subarray(4)]);
      expect(frames).toEqual(typed);
    }
  });

  it("come out the same when every byte arrives alone", () => {
    const { frames } = readAll([...stream].map((byte) => Buffer.from([byte])));
    expect(frames).toEqual(typed);
  });

  it("hold a message of 16 MB that arrives in small pieces", () => {
    const message = queryMessage("x".repeat(16 * 1024 * 1024));
    const pieces = [startup];
    for (let offset = 0; offset < message.length; offset += 64 * 1024) {
      pieces.push(message.subarray(offset, offset + 64 * 1024));
    }
    expect(readAll(pieces).frames.map((frame) => frame.length)).toEqual([message.length]);
  });

  it("refuse lengths that cannot be", () => {
    for (const header of [Buffer.from([0x51, 0, 0, 0, 3]), Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff])]) {
      const reader = new FrontendFrameReader();
      reader.push(header);
      expect(() => reader.next()).toThrow(FramingError);
    }
    const reader = new FrontendFrameReader();
    reader.push(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    expect(() => reader.nextStartup()).toThrow(FramingError);
  });
});
