import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EntraIdConfig } from "../../config/router-config.ts";
import { type SeenRequest, startTestHttpServer, type TestHttpServer } from "../health/test-http-server.ts";
import { UpstreamError } from "../upstream-error.ts";
import { createTokenSource, type TokenSource, type TokenSourceDeps } from "./token-source.ts";

const SECRET = "s3cret-of-the-client";
const CLIENT = { kind: "secret", tenantId: "contoso", clientId: "app-1", clientSecret: SECRET } as const;
const HOUR_MS = 3_600_000;

let server: TestHttpServer;
let answer: (request: SeenRequest, response: ServerResponse) => void;
let nowMs: number;
let waitsMs: number[];
let made: TokenSource[];

/** A server of tokens over a real socket; each answer counts up. */
function issue(extra: Record<string, unknown> = { expires_in: 3600 }) {
  return (_: SeenRequest, response: ServerResponse) =>
    response.end(
      JSON.stringify({ token_type: "Bearer", access_token: `token-${server.seen.length}`, ...extra }),
    );
}

function refuse(status: number, body: unknown = {}, headers: Record<string, string> = {}) {
  return (_: SeenRequest, response: ServerResponse) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
}

function source(entraId: EntraIdConfig = CLIENT, deps: Partial<TokenSourceDeps> = {}): TokenSource {
  const one = createTokenSource(
    { name: "azure-west", entraId },
    {
      authorityHost: server.url,
      metadataHost: server.url,
      identityEndpoint: undefined,
      identityHeader: undefined,
      now: () => nowMs,
      random: () => 0.5,
      sleep: async (ms) => {
        waitsMs.push(ms);
      },
      ...deps,
    },
  );
  made.push(one);
  return one;
}

async function failure(asked: string | Promise<string>): Promise<UpstreamError> {
  const error = await Promise.resolve(asked).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof UpstreamError)) throw new Error("no UpstreamError came");
  return error;
}

beforeEach(async () => {
  nowMs = 1_000_000;
  waitsMs = [];
  made = [];
  answer = issue();
  server = await startTestHttpServer((request, response) => answer(request, response));
});
afterEach(async () => {
  for (const one of made) one.close();
  await server.close();
});

test("a client's secret is exchanged for a token once, and the token is then given at once", async () => {
  const tokens = source();
  expect(await tokens.token()).toBe("token-1");
  expect(tokens.token()).toBe("token-1");
  expect(server.seen).toHaveLength(1);
  const [asked] = server.seen;
  expect(asked).toMatchObject({ method: "POST", path: "/contoso/oauth2/v2.0/token" });
  expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
    grant_type: "client_credentials",
    client_id: "app-1",
    client_secret: SECRET,
    scope: "https://cognitiveservices.azure.com/.default",
  });
});

test("callers that come together share one request", async () => {
  const tokens = source();
  const all = await Promise.all(Array.from({ length: 50 }, () => tokens.token()));
  expect(new Set(all)).toEqual(new Set(["token-1"]));
  expect(server.seen).toHaveLength(1);
});

test("after four fifths of its life the next token is fetched while the old one serves", async () => {
  const tokens = source();
  await tokens.token();
  nowMs += HOUR_MS * 0.79;
  expect(tokens.token()).toBe("token-1");
  expect(server.seen).toHaveLength(1);
  nowMs += HOUR_MS * 0.02;
  expect(tokens.token()).toBe("token-1");
  expect(tokens.token()).toBe("token-1");
  await expect.poll(() => tokens.token()).toBe("token-2");
  expect(server.seen).toHaveLength(2);
});

test("an issuer that wants to be asked earlier is asked earlier", async () => {
  answer = issue({ expires_in: 86_400, refresh_in: 60 });
  const tokens = source();
  await tokens.token();
  nowMs += 61_000;
  expect(tokens.token()).toBe("token-1");
  await expect.poll(() => tokens.token()).toBe("token-2");
});

test("a token that is about to end is not given", async () => {
  const tokens = source();
  await tokens.token();
  nowMs += HOUR_MS - 29_000;
  expect(await tokens.token()).toBe("token-2");
});

test("while refreshing fails the old token serves, and the issuer is not hammered", async () => {
  const tokens = source();
  await tokens.token();
  nowMs += HOUR_MS * 0.85;
  answer = refuse(503);
  expect(tokens.token()).toBe("token-1");
  await expect.poll(() => tokens.state().lastError).toContain("503");
  const asked = server.seen.length;
  expect(asked).toBe(4);
  for (let call = 0; call < 100; call += 1) expect(tokens.token()).toBe("token-1");
  expect(server.seen).toHaveLength(asked);
  nowMs += 1_001;
  answer = issue();
  expect(tokens.token()).toBe("token-1");
  await expect.poll(() => tokens.token()).toBe("token-5");
  expect(tokens.state().lastError).toBeUndefined();
});

test("an issuer that stumbles is asked again after growing waits", async () => {
  answer = (request, response) => (server.seen.length < 3 ? refuse(500) : issue())(request, response);
  expect(await source().token()).toBe("token-3");
  expect(waitsMs).toEqual([300, 600]);
});

test("a wait the issuer names is kept", async () => {
  answer = (request, response) =>
    (server.seen.length === 1 ? refuse(429, {}, { "retry-after": "2" }) : issue())(request, response);
  expect(await source().token()).toBe("token-2");
  expect(waitsMs).toEqual([2_000]);
});

test("a wrong secret is not tried twice, and the error names upstream and remedy but no secret", async () => {
  answer = (request, response) =>
    refuse(401, {
      error: "invalid_client",
      error_description: `AADSTS7000215: Invalid client secret provided. ${request.body}`,
    })(request, response);
  const tokens = source();
  const error = await failure(tokens.token());
  expect(server.seen).toHaveLength(1);
  expect(error.answer.status).toBe(502);
  expect(error).toMatchObject({ upstreamStatus: 401, isUnsent: true, fault: "refused" });
  expect(error.message).toBe(
    "The upstream azure-west got no token of Microsoft Entra ID (AADSTS7000215): the client secret is wrong: " +
      "set clientSecret to the secret's value, not to its id.",
  );
  const everything = `${error.answer.body} ${String(error.stack)} ${JSON.stringify(tokens.state())} ${String(error.cause)}`;
  expect(everything).not.toContain(SECRET);
  expect((await failure(tokens.token())).message).toBe(error.message);
  expect(server.seen).toHaveLength(1);
});

test("an issuer that cannot be reached is a 503 of its upstream", async () => {
  const tokens = source(CLIENT, { authorityHost: "http://127.0.0.1:1" });
  const error = await failure(tokens.token());
  expect(error.answer.status).toBe(503);
  expect(error.message).toContain("127.0.0.1:1 cannot be reached");
  expect(waitsMs).toHaveLength(2);
});

test("a redirect is not followed: it would carry the secret elsewhere", async () => {
  answer = refuse(307, {}, { location: `${server.url}/elsewhere` });
  await failure(source().token());
  expect(server.seen.every(({ path }) => path === "/contoso/oauth2/v2.0/token")).toBe(true);
});

test.each([
  ["no JSON", "<html>"],
  ["no token", "{}"],
  ["no life", '{"access_token":"a"}'],
  ["a token that would be two headers", '{"access_token":"a\\r\\nx: y","expires_in":3600}'],
  ["a page without end", "x".repeat(300_000)],
])("an answer with %s is no token", async (_, text) => {
  answer = (_request, response) => response.end(text);
  expect((await failure(source().token())).answer.status).toBe(503);
});

test("a workload's token file is read anew each time", async () => {
  let file = "first-assertion\n";
  const read: string[] = [];
  const tokens = source(
    { kind: "workload", tenantId: "contoso", clientId: "app-2", federatedTokenFile: "/var/run/token" },
    {
      readFile: async (path) => {
        read.push(path);
        return file;
      },
    },
  );
  await tokens.token();
  file = "second-assertion";
  nowMs += HOUR_MS;
  await tokens.token();
  const assertions = server.seen.map(({ body }) => new URLSearchParams(body).get("client_assertion"));
  expect(assertions).toEqual(["first-assertion", "second-assertion"]);
  expect(read).toEqual(["/var/run/token", "/var/run/token"]);
  expect(new URLSearchParams(server.seen[0]?.body).get("client_assertion_type")).toBe(
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  );
});

test("a missing token file is named", async () => {
  const config = {
    kind: "workload",
    tenantId: "t",
    clientId: "c",
    federatedTokenFile: "/nowhere/x",
  } as const;
  expect((await failure(source(config).token())).message).toContain("federatedTokenFile cannot be read");
});

test("a machine's identity is asked of the metadata service", async () => {
  answer = issue({ expires_in: "86400", expires_on: "4102444800" });
  await source({ kind: "managed", clientId: "user-assigned" }).token();
  const [asked] = server.seen;
  expect(asked).toMatchObject({ method: "GET", headers: { metadata: "true" } });
  const url = new URL(asked?.path ?? "", server.url);
  expect(url.pathname).toBe("/metadata/identity/oauth2/token");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    "api-version": "2018-02-01",
    resource: "https://cognitiveservices.azure.com",
    client_id: "user-assigned",
  });
});

test("on App Service and Container Apps the identity endpoint is asked, which says when a token ends", async () => {
  answer = issue({ expires_on: String(Math.floor(Date.now() / 1000) + 3600) });
  const tokens = source(
    { kind: "managed", clientId: undefined },
    { identityEndpoint: `${server.url}/msi/token`, identityHeader: "header-secret" },
  );
  expect(await tokens.token()).toBe("token-1");
  expect(server.seen[0]?.headers["x-identity-header"]).toBe("header-secret");
  expect(server.seen[0]?.path).toContain("/msi/token?api-version=2019-08-01");
  expect(tokens.state().expiresInMs).toBeGreaterThan(3_000_000);
});

test("a machine without an identity is told so", async () => {
  answer = refuse(400, { error: "invalid_request", error_description: "Identity not found" });
  const error = await failure(source({ kind: "managed", clientId: undefined }).token());
  expect(error.message).toContain("this machine has no such managed identity");
  expect(server.seen).toHaveLength(1);
});

test("sovereign clouds have a resource of their own", async () => {
  const asked: string[] = [];
  const record = async (_: URL, init: RequestInit) => {
    asked.push(String(new URLSearchParams(String(init.body)).get("scope")));
    return Response.json({ access_token: "t", expires_in: 3600 });
  };
  await source(CLIENT, { fetch: record, authorityHost: "https://login.microsoftonline.us" }).token();
  await source(CLIENT, { fetch: record, authorityHost: "https://login.chinacloudapi.cn/" }).token();
  expect(asked).toEqual([
    "https://cognitiveservices.azure.us/.default",
    "https://cognitiveservices.azure.cn/.default",
  ]);
});

test("a refused token is replaced once; a fresh one that is refused as well is not", async () => {
  const tokens = source();
  const first = await tokens.token();
  nowMs += HOUR_MS / 2;
  expect(tokens.renew(first)).toBe(true);
  // A second call that was under way with the same token does not throw the new one away.
  const second = await tokens.token();
  expect(tokens.renew(first)).toBe(true);
  expect(tokens.token()).toBe(second);
  expect(tokens.renew(second)).toBe(false);
  expect(tokens.token()).toBe(second);
  expect(server.seen).toHaveLength(2);
});

test("closing ends a request under way", async () => {
  answer = () => {};
  const tokens = source();
  const asked = failure(tokens.token());
  await expect.poll(() => server.seen.length).toBe(1);
  tokens.close();
  expect((await asked).isUnsent).toBe(true);
});
