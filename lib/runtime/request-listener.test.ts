import { createServer, type RequestListener, type Server, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { answerNotReady, createRequestListener } from "./request-listener.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<number> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    sendRequest({ port, host: "127.0.0.1", path, headers }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => {
        const received = new Headers(response.headers as Record<string, string>);
        resolve({ status: response.statusCode ?? 0, headers: received, body });
      });
    })
      .on("error", reject)
      .end();
  });
}

const router = {
  handle: ((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('"router"');
  }) satisfies RequestListener,
};

/** Stands for Next: answers with the headers it was handed. */
const pages: RequestListener = (request, response) => {
  response.writeHead(request.url === "/missing" ? 404 : 200).end(JSON.stringify(request.headers));
};

describe("the listener that owns the port", () => {
  test("hands /v1 to the router and everything else to the pages", async () => {
    const port = await serve(createRequestListener(router, pages));
    expect((await get(port, "/v1")).body).toBe('"router"');
    expect((await get(port, "/v1/models?limit=1")).body).toBe('"router"');
    expect((await get(port, "/v1x")).body).not.toBe('"router"');
    expect((await get(port, "/")).body).not.toBe('"router"');
  });

  test.each(["/", "/missing", "/_next/static/file.js"])(
    "gives %s a policy that loads nothing from elsewhere and allows scripts by nonce",
    async (path) => {
      const port = await serve(createRequestListener(router, pages));
      const { headers, body } = await get(port, path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]{20,}' 'strict-dynamic'/);
      expect(policy).not.toMatch(/https?:|\*/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(JSON.parse(body)).toMatchObject({ "content-security-policy": policy });
    },
  );

  test("makes a new nonce for each request, whatever the client sends", async () => {
    const port = await serve(createRequestListener(router, pages));
    const nonces = new Set<string>();
    for (let visit = 0; visit < 3; visit += 1) {
      const { body } = await get(port, "/", { "x-nonce": "mine", "x-middleware-subrequest": "1" });
      const headers: Record<string, string> = JSON.parse(body);
      nonces.add(headers["x-nonce"] ?? "");
      expect(headers["x-middleware-subrequest"]).toBeUndefined();
    }
    expect(nonces.size).toBe(3);
    expect(nonces.has("mine")).toBe(false);
  });

  test("overwrites the client's own word about its address", async () => {
    const port = await serve(createRequestListener(router, pages));
    const { body } = await get(port, "/", { "x-vouch-client-address": "203.0.113.9" });
    expect(JSON.parse(body)["x-vouch-client-address"]).toBe("127.0.0.1");
  });

  test("protects its own answers; the router protects those it gives", async () => {
    const port = await serve(createRequestListener(router));
    const { headers, status } = await get(port, "/anything");
    expect(status).toBe(404);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test.each(["http://example.org/", "https://127.0.0.1/v1/models", "*"])(
    "refuses the request target %s, which is no path",
    async (target) => {
      const port = await serve(createRequestListener(router, pages));
      const answer = await new Promise<string>((resolve) => {
        let text = "";
        const socket = connect(port, "127.0.0.1", () =>
          socket.write(`OPTIONS ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`),
        );
        socket.on("data", (chunk) => {
          text += chunk;
        });
        socket.on("close", () => resolve(text));
      });
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain("invalid_request");
    },
  );

  test("answers while the pages are being prepared, so that nobody waits for ever", async () => {
    const { status, headers, body } = await get(await serve(answerNotReady), "/");
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("1");
    expect(JSON.parse(body)).toMatchObject({ error: { code: "unavailable" } });
  });
});
