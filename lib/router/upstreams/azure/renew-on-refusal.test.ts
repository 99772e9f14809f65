import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_TIMEOUTS, type HttpUpstreamConfig } from "../../config/router-config.ts";
import { type SeenRequest, startTestHttpServer, type TestHttpServer } from "../health/test-http-server.ts";
import { createHttpUpstream } from "../http/http-upstream.ts";
import type { Upstream, UpstreamCall } from "../upstream.ts";
import { UpstreamError } from "../upstream-error.ts";
import { renewOnRefusal } from "./renew-on-refusal.ts";
import { createTokenSource, type TokenSource } from "./token-source.ts";

const call: UpstreamCall = {
  endpoint: "chat/completions",
  upstreamModel: "gpt",
  body: { messages: [] },
  requestId: "req-1",
};

let issuer: TestHttpServer;
let azure: TestHttpServer;
let nowMs: number;
/** Tokens Azure takes. */
let good: Set<string>;
let upstream: Upstream;
let tokens: TokenSource;
/** Sends a token, at once unless a test says otherwise. */
let issue: (send: () => void) => void;

function answer({ headers, body }: SeenRequest, response: ServerResponse): void {
  if (!good.has(headers.authorization ?? "")) {
    response.writeHead(401).end('{"error":{"code":"401","message":"expired"}}');
  } else if (body.includes('"stream":true')) {
    response.setHeader("x-ms-is-spilled-over", "true").end('data: {"choices":[]}\n\ndata: [DONE]\n\n');
  } else {
    response.end('{"object":"chat.completion"}');
  }
}

beforeEach(async () => {
  nowMs = 0;
  good = new Set(["Bearer token-1"]);
  issue = (send) => send();
  issuer = await startTestHttpServer((_, response) => {
    const token = { access_token: `token-${issuer.seen.length}`, expires_in: 3600 };
    issue(() => response.end(JSON.stringify(token)));
  });
  azure = await startTestHttpServer(answer);
  const config: HttpUpstreamConfig = {
    name: "azure-west",
    kind: "azure",
    baseUrl: azure.url,
    apiKey: undefined,
    apiVersion: "v1",
    streamUsage: true,
    responses: "native",
    completions: "mapped",
    metricsIntervalMs: 0,
    timeouts: DEFAULT_TIMEOUTS,
  };
  tokens = createTokenSource(
    { name: "azure-west", entraId: { kind: "secret", tenantId: "t", clientId: "c", clientSecret: "s" } },
    { authorityHost: issuer.url, now: () => nowMs },
  );
  upstream = renewOnRefusal(createHttpUpstream(config, { token: () => tokens.token() }), tokens);
});
afterEach(async () => {
  tokens.close();
  upstream.close();
  await azure.close();
  await issuer.close();
});

const request = () => upstream.request(call, new AbortController().signal);

/** Opens a stream and waits for its end; returns its events, its headers and how it failed. */
function stream() {
  const { promise, resolve } = Promise.withResolvers<{
    events: string[];
    error: UpstreamError | undefined;
    headers: unknown;
  }>();
  const events: string[] = [];
  const running = upstream.openStream(
    { ...call, body: { ...call.body, stream: true } },
    {
      events: (batch) => events.push(...batch),
      end: () => resolve({ events, error: undefined, headers: running.headers }),
      fail: (error) => resolve({ events, error, headers: running.headers }),
    },
  );
  return promise;
}

test("calls carry the token, which is asked for once", async () => {
  await request();
  await request();
  expect((await stream()).events).toEqual(['{"choices":[]}', "[DONE]"]);
  expect(azure.seen.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-1",
    "Bearer token-1",
  ]);
  expect(azure.seen[0]?.headers["api-key"]).toBeUndefined();
  expect(issuer.seen).toHaveLength(1);
});

test("a token revoked before its time is replaced, and neither answer nor stream notices", async () => {
  await request();
  nowMs += 600_000;
  good = new Set(["Bearer token-2"]);
  expect((await request()).json).toEqual({ object: "chat.completion" });
  nowMs += 600_000;
  good = new Set(["Bearer token-3"]);
  const streamed = await stream();
  expect(streamed.error).toBeUndefined();
  expect(streamed.events).toHaveLength(2);
  expect(streamed.headers).toMatchObject({ "x-ms-is-spilled-over": "true" });
  expect(issuer.seen).toHaveLength(3);
});

test("many calls refused at a time share one new token", async () => {
  await request();
  nowMs += 600_000;
  good = new Set(["Bearer token-2"]);
  await Promise.all([...Array.from({ length: 10 }, request), ...Array.from({ length: 10 }, stream)]);
  expect(issuer.seen).toHaveLength(2);
});

test("without rights a call is refused once, and the issuer left in peace", async () => {
  good = new Set();
  for (const used of [await stream().then(({ error }) => error), await request().catch((error) => error)]) {
    expect(used).toBeInstanceOf(UpstreamError);
    expect(used).toMatchObject({ upstreamStatus: 401, answer: { status: 502 } });
  }
  expect(azure.seen).toHaveLength(2);
  expect(issuer.seen).toHaveLength(1);
});

test("a stream given up while its token is renewed asks nobody any more", async () => {
  await request();
  nowMs += 600_000;
  good = new Set();
  let release = () => {};
  issue = (send) => {
    release = send;
  };
  let fails = 0;
  const running = upstream.openStream(
    { ...call, body: { stream: true } },
    {
      events: () => {},
      end: () => {},
      fail: () => {
        fails += 1;
      },
    },
  );
  await expect.poll(() => issuer.seen.length).toBe(2);
  running.destroy();
  release();
  await expect.poll(() => tokens.state().expiresInMs).toBeGreaterThan(3_000_000);
  expect(azure.seen).toHaveLength(2);
  expect(fails).toBe(0);
});
