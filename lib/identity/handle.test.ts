import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { closeDatabase, withSystem } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { metricsText } from "../platform/metrics.ts";
import { createMemoryRateLimiter, setRateLimiter } from "../platform/rate-limit/index.ts";
import { AppError } from "../shared/errors.ts";
import { idSchema, newId } from "../shared/ids.ts";
import { createTestAccount, type TestAccount } from "./accounts-for-tests.ts";
import { createApiKey } from "./api-keys.ts";
import { createOrganisation } from "./create-organisation.ts";
import { handle, json } from "./handle.ts";
import type { Principal, Role, Scope } from "./schema.ts";

const OWN = { "sec-fetch-site": "same-origin" };
let db: TestDatabase;
let orgId: string;
const accounts = {} as Record<Role, TestAccount>;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  for (const role of ["member", "editor", "admin"] as const)
    accounts[role] = await createTestAccount(orgId, role);
});
afterAll(() => db.close());
// A clock that stands still: no budget comes back while a slow machine works.
beforeEach(() => setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 })));

function call(
  handler: ReturnType<typeof handle>,
  options: RequestInit & { path?: string; params?: Record<string, string> } = {},
): Promise<Response> {
  const { path = "/api/things", params = {}, ...init } = options;
  return handler(new Request(`http://localhost:3000${path}`, init), { params: Promise.resolve(params) });
}

async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error?: { code?: string } };
  return body.error?.code ?? "none";
}

function keyOf(principal: Principal, scopes: Scope[], role?: Role): Promise<string> {
  const wanted = { name: "test", scopes, ...(role === undefined ? {} : { role }) };
  return createApiKey(principal, wanted).then((created) => created.key);
}

describe("who may call a route", () => {
  const route = (auth: Role) => handle({ auth }, async ({ principal }) => ({ role: principal.role }));

  it.each([
    ["member", "member", 200],
    ["member", "editor", 403],
    ["member", "admin", 403],
    ["editor", "editor", 200],
    ["editor", "admin", 403],
    ["admin", "member", 200],
    ["admin", "admin", 200],
  ] as const)("a %s calls a route for a %s: %i", async (role, needed, status) => {
    const response = await call(route(needed), { headers: { cookie: accounts[role].cookie } });
    expect(response.status).toBe(status);
  });

  it("nobody without a credential, and the answer says how to send one", async () => {
    const response = await call(route("member"));
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(await codeOf(response)).toBe("not_signed_in");
  });

  it("everybody calls a public route, and it is told who they are when they say so", async () => {
    const open = handle({ auth: "public" }, async ({ principal }) => ({ name: principal?.name ?? null }));
    expect(await (await call(open)).json()).toEqual({ name: null });
    const known = await call(open, { headers: { cookie: accounts.admin.cookie } });
    expect(await known.json()).toEqual({ name: "Some admin" });
  });

  it("a wrong key is refused on a public route too, with a good cookie beside it", async () => {
    const open = handle({ auth: "public" }, async () => ({}));
    const headers = { authorization: "Bearer a.b", cookie: accounts.admin.cookie };
    expect(await codeOf(await call(open, { headers }))).toBe("invalid_api_key");
  });

  it("a key goes where its scope goes and nowhere else, in every header it may come in", async () => {
    const key = await keyOf(accounts.admin.principal, ["chat"]);
    const chat = handle({ auth: "member", scope: "chat" }, async () => ({}));
    const admin = handle({ auth: "member", scope: "admin" }, async () => ({}));
    const unnamed = handle({ auth: "member" }, async () => ({}));
    const any = handle({ auth: "member", scope: "any" }, async () => ({}));
    for (const [name, value] of [
      ["authorization", `Bearer ${key}`],
      ["x-api-key", key],
      ["api-key", key],
    ] as const) {
      const both = { [name]: value, cookie: accounts.admin.cookie };
      expect((await call(chat, { headers: both })).status).toBe(200);
      expect((await call(any, { headers: both })).status).toBe(200);
      expect((await call(admin, { headers: both })).status).toBe(403);
      expect((await call(unnamed, { headers: both })).status).toBe(403);
    }
  });

  it("a key without the scope is nobody on a public route", async () => {
    const key = await keyOf(accounts.admin.principal, ["chat"]);
    const open = handle({ auth: "public", scope: "admin" }, async ({ principal }) => ({
      known: principal !== null,
    }));
    const response = await call(open, { headers: { authorization: `Bearer ${key}` } });
    expect(await response.json()).toEqual({ known: false });
  });

  it("no key of a cookie or of the address is read", async () => {
    const key = await keyOf(accounts.member.principal, ["chat"]);
    const chat = handle({ auth: "member", scope: "chat" }, async () => ({}));
    expect((await call(chat, { headers: { cookie: `vouch-session=${key}` } })).status).toBe(401);
    expect(
      (await call(chat, { path: `/api/things?key=${key}&api_key=${key}&access_token=${key}` })).status,
    ).toBe(401);
  });
});

describe("requests of other sites", () => {
  const change = handle({ auth: "member", scope: "chat" }, async () => ({}));

  it.each([
    ["our own page", OWN, 200],
    ["our own origin", { origin: "http://localhost:3000", host: "localhost:3000" }, 200],
    ["a form on another site", { origin: "http://evil.test", "sec-fetch-site": "cross-site" }, 403],
    ["a sibling host", { "sec-fetch-site": "same-site" }, 403],
    ["a sandboxed frame", { origin: "null" }, 403],
    ["something without Origin", {}, 403],
  ])("with a cookie, from %s: %i", async (_where, headers, status) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const response = await call(change, {
        method,
        headers: { ...headers, cookie: accounts.member.cookie },
      });
      expect(response.status).toBe(status);
    }
  });

  it("are refused even when the browser kept the cookie back", async () => {
    const response = await call(change, { method: "POST", headers: { origin: "null" } });
    expect(await codeOf(response)).toBe("cross_origin");
  });

  it("do not concern programs with a key", async () => {
    const key = await keyOf(accounts.member.principal, ["chat"]);
    const headers = { authorization: `Bearer ${key}`, origin: "http://other.test" };
    expect((await call(change, { method: "POST", headers })).status).toBe(200);
  });
});

describe("what comes in", () => {
  const echo = handle(
    {
      auth: "member",
      params: z.strictObject({ id: idSchema }),
      query: z.strictObject({
        limit: z.coerce.number().int().max(10).default(5),
        tag: z.array(z.string()).optional(),
      }),
      body: z.strictObject({ name: z.string().max(20) }),
      bodyLimitBytes: 1000,
    },
    async ({ params, query, body }) => ({ ...params, ...query, ...body }),
  );
  const send = (body: string, options: { path?: string; id?: string; type?: string } = {}) =>
    call(echo, {
      method: "POST",
      body,
      path: options.path ?? "/api/things/x",
      params: { id: options.id ?? newId() },
      headers: { ...OWN, cookie: accounts.member.cookie, "content-type": options.type ?? "application/json" },
    });

  it("arrives parsed", async () => {
    const id = newId();
    const response = await send('{"name":"a"}', { id, path: "/api/things/x?limit=3&tag=a&tag=b" });
    expect(await response.json()).toEqual({ id, limit: 3, tag: ["a", "b"], name: "a" });
  });

  it("a malformed id answers exactly as a missing object does", async () => {
    const missing = handle({ auth: "member" }, async () => {
      throw new AppError("not_found");
    });
    const headers = { cookie: accounts.member.cookie };
    const expected = await call(missing, { headers });
    for (const id of ["1", "'", "../etc", "%00", "null", "x".repeat(5000)]) {
      const response = await send('{"name":"a"}', { id });
      expect(response.status).toBe(expected.status);
      const names = (answer: Response) => [...answer.headers.keys()].sort();
      expect(names(response)).toEqual(names(expected));
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      const other = (await expected.clone().json()) as { error: { code: string; message: string } };
      expect([error.code, error.message]).toEqual([other.error.code, other.error.message]);
    }
  });

  it.each([
    ['{"name":"a","role":"admin"}', "invalid_request"],
    ['{"name":"a","__proto__":{"role":"admin"}}', "invalid_request"],
    ['{"name":1}', "invalid_request"],
    ["null", "invalid_request"],
    ["[]", "invalid_request"],
    ["", "invalid_json"],
    ["{", "invalid_json"],
    [`{"name":"${"x".repeat(2000)}"}`, "body_too_large"],
  ])("refuses the body %#", async (body, code) => {
    expect(await codeOf(await send(body))).toBe(code);
  });

  it("refuses another content type, a query that does not fit, and NUL in the query", async () => {
    expect(await codeOf(await send("{}", { type: "text/plain" }))).toBe("unsupported_media_type");
    for (const query of ["limit=11", "limit=x", "other=1", "limit=1&limit=2", "tag=%00"]) {
      expect(await codeOf(await send('{"name":"a"}', { path: `/api/things/x?${query}` }))).toBe(
        "invalid_request",
      );
    }
  });
});

describe("what goes out", () => {
  const answerWith = (value: unknown, response?: z.ZodType) =>
    handle({ auth: "public", ...(response === undefined ? {} : { response }) }, async () => value);

  it("a value is JSON, undefined is 204, a response goes out as it is, all with our headers", async () => {
    const value = await call(answerWith({ a: 1 }), { headers: { "x-request-id": "request-from-client" } });
    expect(await value.json()).toEqual({ a: 1 });
    expect(value.headers.get("x-request-id")).toBe("request-from-client");
    const nothing = await call(answerWith(undefined));
    expect(nothing.status).toBe(204);
    const accepted = await call(answerWith(json({ id: 1 }, { status: 202, headers: { location: "/x" } })));
    expect([accepted.status, accepted.headers.get("location")]).toEqual([202, "/x"]);
    const file = await call(answerWith(new Response("x", { headers: { "cache-control": "private" } })));
    expect(file.headers.get("cache-control")).toBe("private");
    for (const response of [value, nothing, accepted, file]) {
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.has("x-request-id")).toBe(true);
    }
    expect(value.headers.get("cache-control")).toBe("no-store");
  });

  it("a field too many is a fault found in tests, and dates count as the text they become", async () => {
    const schema = z.strictObject({ at: z.iso.datetime() });
    expect((await call(answerWith({ at: new Date() }, schema))).status).toBe(200);
    expect((await call(answerWith({ at: new Date(), passwordHash: "x" }, schema))).status).toBe(500);
  });

  it("an unknown error is 500 without its text", async () => {
    const response = await call(
      handle({ auth: "public" }, async () => {
        throw new Error("secret at /srv/app.ts:1");
      }),
    );
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  it("is counted by route, not by address", async () => {
    const id = newId();
    await call(
      handle({ auth: "public" }, async () => ({})),
      { path: `/api/counted/${id}`, params: { id } },
    );
    const { text } = await metricsText();
    expect(text).toContain(
      'vouch_http_requests_total{route="/api/counted/{id}",method="GET",status="200"} 1',
    );
    expect(text).not.toContain(id);
  });
});

describe("limits of a route", () => {
  it("hold for each person, say when to come back, and heed no forwarding header", async () => {
    const limited = handle({ auth: "member", limit: { name: "t", perMinute: 5 } }, async () => ({}));
    const ask = (account: TestAccount, index: number) =>
      call(limited, { headers: { cookie: account.cookie, "x-forwarded-for": `10.0.0.${index}` } });
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask(accounts.member, index)),
    );
    expect(responses.filter((response) => response.status === 200)).toHaveLength(5);
    const refused = responses.find((response) => response.status === 429);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await ask(accounts.admin, 1)).status).toBe(200);
  });
});

describe("when the database is away", () => {
  it("a route answers 503 and asks to come back", async () => {
    const failing = handle({ auth: "public" }, () =>
      withSystem((transaction) => transaction.execute(sql`select 1`)),
    );
    const broken = await startTestDatabase();
    await broken.close();
    const { connectDatabase, setDatabase } = await import("../platform/db/index.ts");
    setDatabase(connectDatabase({ socketPath: broken.socketPath }, { connectTimeoutSeconds: 1 }));
    const response = await call(failing);
    await closeDatabase();
    setDatabase(connectDatabase({ socketPath: db.socketPath }));
    expect(response.status).toBe(503);
    expect(response.headers.has("retry-after")).toBe(true);
  });
});
