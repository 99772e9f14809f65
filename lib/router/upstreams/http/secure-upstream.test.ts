import type { AddressInfo } from "node:net";
import { createServer, getCACertificates, type Server, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../test-router.ts";
import type { Upstream } from "../upstream.ts";
import { createHttpUpstream } from "./http-upstream.ts";
import { makeTestCertificate } from "./test-certificate.ts";
import { ask, chunk, EVENT, HEAD, open, whole } from "./test-raw-server.ts";

const certificate = makeTestCertificate("localhost");
const trusted = getCACertificates("default");
let server: Server;
let upstream: Upstream | undefined;
/** Names that clients asked for, and how often a session was taken up again. */
let names: (string | false | null)[];
let requests: number;

beforeEach(async () => {
  names = [];
  requests = 0;
  server = createServer(certificate, (socket) => {
    names.push(socket.servername);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      requests += 1;
      const isStream = bytes.toString().includes("text/event-stream");
      socket.write(isStream ? `${HEAD}${EVENT}${chunk("data: [DONE]\n\n")}0\r\n\r\n` : whole('{"a":1}'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  upstream?.close();
  server.close();
  setDefaultCACertificates(trusted);
});

function upstreamAt(host: string): Upstream {
  upstream = createHttpUpstream({
    name: "up",
    kind: "openai",
    baseUrl: `https://${host}:${(server.address() as AddressInfo).port}/v1`,
    apiKey: "key",
    apiVersion: undefined,
    streamUsage: true,
    responses: "mapped",
    completions: "native",
    metricsIntervalMs: 0,
    timeouts: { connectMs: 5_000, firstTokenMs: 5_000, betweenTokensMs: 5_000, totalMs: 5_000 },
  });
  return upstream;
}

describe("an upstream behind https", () => {
  test("answers and streams over one connection, and is asked for by its name", async () => {
    setDefaultCACertificates([...trusted, certificate.cert]);
    const secure = upstreamAt("localhost");
    expect((await ask(secure)).json).toEqual({ a: 1 });
    const { seen } = open(secure);
    await until(() => seen.isEnded, "the stream ended");
    expect(seen.events).toEqual(["{}", "[DONE]"]);
    expect([names, requests]).toEqual([["localhost"], 2]);
  });

  test("that nobody vouches for gets no byte of the request", async () => {
    await expect(ask(upstreamAt("localhost"))).rejects.toMatchObject({
      fault: "connect_failed",
      isUnsent: true,
    });
    expect(requests).toBe(0);
  });

  test("whose certificate is for another name gets none either", async () => {
    setDefaultCACertificates([...trusted, certificate.cert]);
    await expect(ask(upstreamAt("127.0.0.1"))).rejects.toMatchObject({
      fault: "connect_failed",
      isUnsent: true,
    });
    expect(requests).toBe(0);
  });
});
