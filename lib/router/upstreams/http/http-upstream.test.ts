import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { until } from "../../test-router.ts";
import { ask, chunk, EVENT, HEAD, open, start, whole } from "./test-raw-server.ts";

describe("a stream that is let go closes its connection", () => {
  const phases: readonly [string, (socket: Socket) => void][] = [
    ["before the answer", () => {}],
    ["in the middle of the head", (socket) => socket.write(HEAD.slice(0, 30))],
    ["after the head", (socket) => socket.write(HEAD)],
    ["between events", (socket) => socket.write(HEAD + EVENT)],
    ["in the middle of an event", (socket) => socket.write(HEAD + EVENT.slice(0, 8))],
    ["while a refusal is read", (socket) => socket.write("HTTP/1.1 500 No\r\ncontent-length: 90\r\n\r\n{")],
  ];
  test.each(phases)("%s, and says nothing more", async (_phase, answer) => {
    const { server, upstream } = await start(answer);
    const { seen, stream } = open(upstream);
    await until(() => server.requests() === 1, "the request arrived");
    await new Promise((resolve) => setImmediate(resolve));
    const before = seen.events.length;
    stream.destroy();
    await until(() => server.open() === 0, "the connection closed");
    expect({ ...seen, events: seen.events.slice(before) }).toEqual({
      events: [],
      isEnded: false,
      error: undefined,
    });
  });

  test("while it connects", async () => {
    // The server never answers the handshake.
    const { server, upstream } = await start(() => {}, "https");
    const { seen, stream } = open(upstream);
    await until(() => server.open() === 1, "the connection is there");
    stream.destroy();
    await until(() => server.open() === 0, "the connection closed");
    expect(seen.error).toBeUndefined();
  });

  test("when it is paused", async () => {
    const { server, upstream } = await start((socket) => socket.write(HEAD + EVENT));
    const { seen, stream } = open(upstream);
    await until(() => seen.events.length === 1, "the event arrived");
    stream.pause();
    stream.destroy();
    await until(() => server.open() === 0, "the connection closed");
  });
});

test("a whole answer no longer wanted closes its connection, in the middle of its body too", async () => {
  for (const answer of ["", whole("{}").slice(0, -1)]) {
    const { server, upstream } = await start((socket) => socket.write(answer));
    const stop = new AbortController();
    const reply = ask(upstream, stop.signal);
    await until(() => server.requests() === 1, "the request arrived");
    stop.abort();
    await expect(reply).rejects.toMatchObject({ fault: "cancelled" });
    await until(() => server.open() === 0, "the connection closed");
  }
});

describe("connections", () => {
  test("serve one call after another", async () => {
    const { server, upstream } = await start((socket) =>
      socket.write(`${HEAD + EVENT + chunk("data: [DONE]\n\n")}0\r\n\r\n`),
    );
    for (let times = 0; times < 5; times += 1) {
      const { seen } = open(upstream);
      await until(() => seen.isEnded, "the stream ended");
      expect(seen.events).toEqual(["{}", "[DONE]"]);
    }
    expect([server.connections(), server.requests()]).toEqual([1, 5]);
  });

  test("are as many as there are calls at a time", async () => {
    const { server, upstream } = await start((socket) => socket.write(HEAD));
    const streams = Array.from({ length: 300 }, () => open(upstream).stream);
    await until(() => server.requests() === 300, "all requests arrived");
    expect(server.connections()).toBe(300);
    for (const stream of streams) stream.destroy();
    await until(() => server.open() === 0, "all connections closed");
  });

  test("are dropped before a server would drop them", async () => {
    const { server, upstream } = await start((socket) => socket.write(whole("{}")));
    await ask(upstream);
    expect(server.open()).toBe(1);
    await until(() => server.open() === 0, "the idle connection closed");
  });

  test("end with a finished answer whose server does not close it", async () => {
    const { server, upstream } = await start((socket) => socket.write(HEAD + chunk("data: [DONE]\n\n")));
    const { seen, stream } = open(upstream);
    await until(() => seen.events.length === 1, "the answer arrived");
    stream.finish();
    await until(() => server.open() === 0, "the connection closed");
    expect([seen.isEnded, seen.error]).toEqual([false, undefined]);
  });

  test("that the server gave up are not used again", async () => {
    const { server, upstream } = await start((socket) => socket.end(whole("{}", "connection: close\r\n")));
    for (let times = 0; times < 3; times += 1) await ask(upstream);
    expect(server.connections()).toBe(3);
  });
});

describe("a call that cannot have reached anybody says so", () => {
  test("when nobody listens", async () => {
    const { server, upstream } = await start(() => {});
    server.close();
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "connect_failed", isUnsent: true });
  });

  test("when the connection is not made in time", async () => {
    const { server, upstream } = await start(() => {}, "https");
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "connect_timeout", isUnsent: true });
    await until(() => server.open() === 0, "the connection closed");
  });

  test("when a kept connection turns out to be gone", async () => {
    const { upstream } = await start((socket, number) =>
      number === 1 ? socket.write(whole("{}")) : socket.resetAndDestroy(),
    );
    await ask(upstream);
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "connection_cut", isUnsent: true });
  });

  test("but not when a new connection is cut, or an answer had begun", async () => {
    const cut = await start((socket) => socket.resetAndDestroy());
    await expect(ask(cut.upstream)).rejects.toMatchObject({ fault: "connection_cut", isUnsent: false });
    const begun = await start((socket, number) => {
      if (number === 1) socket.write(whole("{}"));
      else socket.end(whole("{}").slice(0, -1));
    });
    await ask(begun.upstream);
    await expect(ask(begun.upstream)).rejects.toMatchObject({ fault: "connection_cut", isUnsent: false });
  });
});

describe("answers", () => {
  test("keep their headers", async () => {
    const { upstream } = await start((socket) => socket.write(whole("{}", "x-ms-spillover: yes\r\n")));
    expect((await ask(upstream)).headers).toMatchObject({ "x-ms-spillover": "yes" });
  });

  test("are not looked for elsewhere when the server points there", async () => {
    const { server, upstream } = await start((socket) =>
      socket.write("HTTP/1.1 302 Found\r\nlocation: /v1/other\r\ncontent-length: 0\r\n\r\n"),
    );
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "refused", upstreamStatus: 302 });
    expect(server.requests()).toBe(1);
  });

  test("may be announced by hints before them", async () => {
    const { upstream } = await start((socket) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${whole('{"a":1}')}`),
    );
    expect((await ask(upstream)).json).toEqual({ a: 1 });
  });

  test("that are no HTTP are a broken connection", async () => {
    const { upstream } = await start((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"));
    await expect(ask(upstream)).rejects.toMatchObject({ fault: "connection_cut" });
  });

  test("of which a chunk is missing are not whole", async () => {
    const { upstream } = await start((socket) => socket.end(HEAD + EVENT));
    const { seen } = open(upstream);
    await until(() => seen.error !== undefined, "the stream failed");
    expect(seen).toMatchObject({ events: ["{}"], isEnded: false, error: { fault: "connection_cut" } });
  });
});

test("a paused stream holds the server back until it is resumed", async () => {
  const piece = chunk(`data: ${"x".repeat(64 * 1024)}\n\n`);
  let isHeldBack = false;
  const { upstream } = await start((socket) => {
    socket.write(HEAD);
    let sent = 0;
    const send = () => {
      while (sent < 400) {
        sent += 1;
        if (!socket.write(piece)) {
          isHeldBack = true;
          socket.once("drain", send);
          return;
        }
      }
      socket.write("0\r\n\r\n");
    };
    send();
  });
  const { seen, stream } = open(upstream);
  await until(() => seen.events.length > 0, "the first events arrived");
  stream.pause();
  await until(() => isHeldBack, "the server is held back");
  const before = seen.events.length;
  await new Promise((resolve) => setImmediate(resolve));
  // What one read had brought may still come; the rest waits.
  expect(seen.events.length).toBeLessThanOrEqual(before + 2);
  expect(seen.events.length).toBeLessThan(400);
  stream.resume();
  await until(() => seen.isEnded, "the rest arrived");
  expect(seen.events).toHaveLength(400);
});
