import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { until } from "../../test-router.ts";
import type { UpstreamCall } from "../upstream.ts";
import { ask, call, chunk, EVENT, HEAD, open, start, whole } from "./test-raw-server.ts";

describe("a broken answer", () => {
  const broken: readonly [string, string, readonly string[]][] = [
    ["cut in its head", HEAD.slice(0, 40), []],
    ["cut before its head", "", []],
    ["cut in the size of a chunk", `${HEAD}${EVENT}1`, ["{}"]],
    ["cut in a chunk", `${HEAD}${EVENT}${EVENT.slice(0, 6)}`, ["{}"]],
    ["cut before its last chunk", `${HEAD}${EVENT}0\r\n`, ["{}"]],
  ];
  test.each(broken)("that is %s is not whole", async (_where, text, events) => {
    const { server, upstream } = await start((socket) => socket.end(text));
    const { seen } = open(upstream);
    await until(() => seen.error !== undefined, "the stream failed");
    expect(seen).toMatchObject({
      events,
      isEnded: false,
      error: { fault: "connection_cut", isUnsent: false },
    });
    await until(() => server.open() === 0, "the connection closed");
  });

  test("closes its connection at once, and what came before it is kept", async () => {
    for (const rubbish of ["zz\r\n", "5\r\nHello, world", "-1\r\n"]) {
      const { server, upstream } = await start((socket) => socket.write(HEAD + EVENT + rubbish));
      const { seen } = open(upstream);
      await until(() => seen.error !== undefined, "the stream failed");
      expect(seen).toMatchObject({ events: ["{}"], isEnded: false, error: { fault: "connection_cut" } });
      await until(() => server.open() === 0, "the connection closed");
    }
  });

  test("with a head that never ends fills no memory", async () => {
    let isHeldOff = false;
    const { upstream } = await start((socket) => {
      socket.once("close", () => {
        isHeldOff = true;
      });
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = () => {
        if (!socket.destroyed) socket.write(`x-filler: ${"y".repeat(1_000)}\r\n`, () => setImmediate(more));
      };
      more();
    });
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "connection_cut" });
    await until(() => isHeldOff, "the connection closed");
  });

  test("whose length and chunks contradict is not read either way", async () => {
    const both = HEAD.replace("\r\n\r\n", "\r\ncontent-length: 2\r\n\r\n");
    const { upstream } = await start((socket) => socket.write(`${both}${EVENT}0\r\n\r\n`));
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "connection_cut" });
  });

  test("is one without a length that is reset; ended in order it is whole", async () => {
    const text = 'HTTP/1.1 200 OK\r\n\r\n{"a":1}';
    const ended = await start((socket) => socket.end(text));
    expect((await ask(ended.upstream)).json).toEqual({ a: 1 });
    const reset = await start((socket) =>
      socket.write(text, () => setImmediate(() => socket.resetAndDestroy())),
    );
    await expect(ask(reset.upstream)).rejects.toMatchObject({ fault: "connection_cut" });
  });
});

describe("a kept connection", () => {
  test("is given up when more came than the answer", async () => {
    const second = whole('{"of":"nobody"}');
    const { server, upstream } = await start((socket) => socket.write(whole('{"a":1}') + second));
    expect((await ask(upstream)).json).toEqual({ a: 1 });
    expect((await ask(upstream)).json).toEqual({ a: 1 });
    expect(server.connections()).toBe(2);
  });

  test("is given up when the server talks unasked", async () => {
    let idle: Socket | undefined;
    const { server, upstream } = await start((socket) => {
      idle = socket;
      socket.write(whole('{"a":1}'));
    });
    await ask(upstream);
    idle?.write(whole('{"of":"nobody"}'));
    await until(() => server.open() === 0, "the connection closed");
    expect((await ask(upstream)).json).toEqual({ a: 1 });
  });

  test("is not used when the server closed it meanwhile", async () => {
    let idle: Socket | undefined;
    const { server, upstream } = await start((socket) => {
      idle = socket;
      socket.write(whole("{}"));
    });
    await ask(upstream);
    idle?.end();
    await until(() => server.open() === 0, "the connection closed");
    await ask(upstream);
    expect([server.connections(), server.requests()]).toEqual([2, 2]);
  });

  test("is dropped at once when the server keeps it too short to be of use", async () => {
    const { server, upstream } = await start((socket) =>
      socket.write(whole("{}", "keep-alive: timeout=1\r\n")),
    );
    await ask(upstream);
    await until(() => server.open() === 0, "the connection closed");
  });

  test("serves the next call although the one before was paused at its end", async () => {
    const { server, upstream } = await start((socket) =>
      socket.write(`${HEAD + EVENT + chunk("data: [DONE]\n\n")}0\r\n\r\n`),
    );
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const stream = upstream.openStream(call, {
      events: (batch) => {
        seen.push(...batch);
        stream.pause();
      },
      end: () => first.resolve(),
      fail: first.reject,
    });
    await first.promise;
    const next = open(upstream);
    await until(() => next.seen.isEnded, "the second stream ended");
    expect([seen, next.seen.events, server.connections()]).toEqual([["{}", "[DONE]"], ["{}", "[DONE]"], 1]);
  });
});

describe("a request", () => {
  /** What a server gets, as text. */
  async function received(asked: Partial<UpstreamCall>): Promise<string> {
    let text = "";
    const { upstream } = await start(
      (socket) => socket.write(whole("{}")),
      "http",
      (bytes) => {
        text += bytes.toString();
      },
    );
    await upstream.request({ ...call, body: { messages: [] }, ...asked }, new AbortController().signal);
    return text;
  }

  test("says how long it is in bytes, whatever its characters", async () => {
    const text = await received({ body: { messages: [{ role: "user", content: "漢字 é 😀" }] } });
    const [head = "", body = ""] = text.split("\r\n\r\n");
    expect(Number(/content-length: (\d+)/.exec(head)?.[1])).toBe(Buffer.byteLength(body));
    expect(JSON.parse(body)).toMatchObject({ messages: [{ content: "漢字 é 😀" }] });
    expect(head).toMatch(/^POST \/v1\/chat\/completions HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
  });

  test.each(["a\r\nx-other: b", "a\nb", "a\0b", "é"])(
    "cannot be given a header of more than it is: %j",
    async (value) => {
      await expect(received({ requestId: value })).rejects.toThrow("cannot hold its value");
      await expect(received({ headers: { traceparent: value } })).rejects.toThrow("cannot hold its value");
    },
  );
});
