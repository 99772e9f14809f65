import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { handle } from "../identity/index.ts";
import { createRequestListener } from "./request-listener.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const signals: AbortSignal[] = [];
const { promise: begun, resolve: begin } = Promise.withResolvers<void>();

const direct = new Map([
  [
    "POST /api/echo",
    handle(
      { auth: "public", body: z.object({ text: z.string() }), bodyLimitBytes: 4_096 },
      ({ body, request }) => ({
        text: body.text,
        address: request.headers.get("x-vouch-client-address"),
        id: request.headers.get("x-request-id"),
      }),
    ),
  ],
  [
    "POST /api/slow",
    handle({ auth: "public" }, async ({ signal }) => {
      signals.push(signal);
      begin();
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    }),
  ],
]);

const router = { handle: () => {} };

async function serve(): Promise<number> {
  server = createServer(
    createRequestListener(router, (_request, response) => response.end('"pages"'), direct),
  );
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function echo(port: number, text: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/api/echo?x=1`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ text }),
  });
  return { response, body: (await response.json()) as Record<string, unknown> };
}

/** Sends bytes as they are and returns what comes back until the server ends the connection. */
function exchange(port: number, ...parts: string[]): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });
}

describe("a route that is answered without Next", () => {
  test("reads the body, and answers with the headers of every answer of the API", async () => {
    const port = await serve();
    const { response, body } = await echo(port, "größer", {
      "x-request-id": "request-12345",
      "x-vouch-client-address": "203.0.113.9",
    });
    expect(response.status).toBe(200);
    expect(body).toEqual({ text: "größer", address: "127.0.0.1", id: "request-12345" });
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-request-id")).toBe("request-12345");
  });

  test("leaves other methods and addresses to the pages", async () => {
    const port = await serve();
    for (const [method, path] of [
      ["GET", "/api/echo"],
      ["POST", "/api/echo/"],
      ["POST", "/api/ech%6f"],
    ] as const) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
      expect(await response.text()).toBe('"pages"');
    }
  });

  test("refuses a body that is too large, also one of unknown length, and says so before it is read", async () => {
    const port = await serve();
    const { response, body } = await echo(port, "x".repeat(10_000));
    expect(response.status).toBe(413);
    expect(body).toMatchObject({ error: { code: "body_too_large" } });
    const head =
      "POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await exchange(port, head, `2000\r\n${"x".repeat(0x2000)}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("tells what is wrong with a body", async () => {
    const port = await serve();
    const response = await fetch(`http://127.0.0.1:${port}/api/echo`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_json" } });
  });

  test("ends the work of a client that left", async () => {
    const port = await serve();
    const leaving = new AbortController();
    const asked = fetch(`http://127.0.0.1:${port}/api/slow`, { method: "POST", signal: leaving.signal });
    await begun;
    leaving.abort();
    await expect(asked).rejects.toThrow();
    const [signal] = signals;
    if (signal?.aborted === false) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    }
    expect(signal?.aborted).toBe(true);
  });

  test("outlives a client that leaves in the middle of its body", async () => {
    const port = await serve();
    const head =
      "POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}{"te`, () => socket.destroy()));
    await new Promise((resolve) => socket.on("close", resolve));
    expect((await echo(port, "still here")).body).toMatchObject({ text: "still here" });
  });
});
