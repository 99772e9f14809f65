import { createConnection, type Socket } from "node:net";

/** What Redis answers: text, a number, nothing, a list of such, or an error. */
export type RespValue = string | number | null | Error | RespValue[];

/** A connection to a Redis; commands are sent at once and answered in order. */
export interface RespClient {
  send(command: readonly string[]): Promise<RespValue>;
  close(): void;
}

interface Parsed {
  readonly value: RespValue;
  readonly end: number;
}

/** Opens a connection that speaks RESP2. */
export function connectRedis(path: string): Promise<RespClient> {
  return new Promise((resolve, reject) => {
    const socket: Socket = createConnection(path);
    const waiting: { resolve: (value: RespValue) => void; reject: (error: Error) => void }[] = [];
    let buffer: Buffer = Buffer.alloc(0);
    const fail = (error: Error) => {
      reject(error);
      for (const { reject: rejectOne } of waiting.splice(0)) rejectOne(error);
    };
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      buffer = buffer.length === 0 ? bytes : Buffer.concat([buffer, bytes]);
      let start = 0;
      for (let parsed = parse(buffer, start); parsed !== undefined; parsed = parse(buffer, start)) {
        start = parsed.end;
        waiting.shift()?.resolve(parsed.value);
      }
      buffer = buffer.subarray(start);
    });
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the connection to redis-server is closed")));
    socket.once("connect", () =>
      resolve({
        send: (command) =>
          new Promise((resolveOne, rejectOne) => {
            waiting.push({ resolve: resolveOne, reject: rejectOne });
            socket.write(encode(command));
          }),
        close: () => socket.destroy(),
      }),
    );
  });
}

function encode(command: readonly string[]): string {
  const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${command.length}\r\n${words.join("")}`;
}

/** One value of the buffer; undefined while it is not whole. */
function parse(buffer: Buffer, start: number): Parsed | undefined {
  const lineEnd = buffer.indexOf("\r\n", start);
  if (lineEnd === -1) return undefined;
  const line = buffer.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (buffer[start]) {
    case 0x2b:
      return { value: line, end };
    case 0x2d:
      return { value: new Error(line), end };
    case 0x3a:
      return { value: Number(line), end };
    case 0x24:
      return parseText(buffer, Number(line), end);
    case 0x2a:
      return parseList(buffer, Number(line), end);
    default:
      throw new Error(`redis-server sent an unknown type: ${String(buffer[start])}`);
  }
}

function parseText(buffer: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { value: null, end: start };
  const end = start + length;
  return buffer.length < end + 2 ? undefined : { value: buffer.toString("utf8", start, end), end: end + 2 };
}

function parseList(buffer: Buffer, length: number, start: number): Parsed | undefined {
  if (length < 0) return { value: null, end: start };
  const values: RespValue[] = [];
  let end = start;
  for (let index = 0; index < length; index += 1) {
    const parsed = parse(buffer, end);
    if (parsed === undefined) return undefined;
    values.push(parsed.value);
    end = parsed.end;
  }
  return { value: values, end };
}
