import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

// Read once per process, so it must be set before anything asks; each test file has a process of its own.
vi.stubEnv("PUBLIC_URL", "https://vouch.example/");
vi.stubEnv("VOUCH_GUESTS", "0");

import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createTestAccount, TEST_PASSWORD } from "./accounts-for-tests.ts";
import { createOrganisation } from "./create-organisation.ts";
import { handleAuthRequest } from "./handle-auth-request.ts";
import { findPrincipalByHeaders } from "./load-principal.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

function ask(action: string, init: RequestInit = {}): Promise<Response> {
  return handleAuthRequest(new Request(`http://127.0.0.1:3000/api/auth/${action}`, init), {
    params: Promise.resolve({ nextauth: action.split("/") }),
  });
}

async function post(action: string, fields: Record<string, string>, origin: string): Promise<Response> {
  const csrf = await ask("csrf");
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookie = csrf.headers.getSetCookie().map((line) => line.split(";")[0]);
  return ask(action, {
    method: "POST",
    headers: { cookie: cookie.join("; "), origin, host: "127.0.0.1:3000" },
    body: new URLSearchParams({ csrfToken, json: "true", ...fields }),
  });
}

describe("behind https", () => {
  it("every cookie is bound to this host and to https", async () => {
    const account = await createTestAccount(await createOrganisation("Example"), "member");
    const fields = {
      email: account.email,
      password: TEST_PASSWORD,
      callbackUrl: "https://vouch.example/links",
    };
    const response = await post("callback/password", fields, "https://vouch.example");
    expect(await response.json()).toEqual({ url: "https://vouch.example/links" });
    const lines = [...response.headers.getSetCookie(), ...(await ask("csrf")).headers.getSetCookie()];
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^__Host-/);
      expect(line).toMatch(/; Path=\/;/);
      expect(line).toMatch(/HttpOnly/);
      expect(line).toMatch(/Secure/);
      expect(line).not.toMatch(/Domain/i);
    }
    const session = lines[0]?.split(";")[0] ?? "";
    expect(await findPrincipalByHeaders({ cookie: session })).toMatchObject({ email: account.email });
    expect(await findPrincipalByHeaders({ cookie: session.replace("__Host-", "") })).toBeNull();
  });

  it("only the public address is our own origin, whatever host is asked for", async () => {
    const response = await post("callback/password", {}, "http://127.0.0.1:3000");
    expect(response.status).toBe(403);
  });
});

describe("where guests are not admitted", () => {
  it("none is made, and the answer says why", async () => {
    const response = await post("callback/guest", {}, "https://vouch.example");
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: { code: "forbidden", message: expect.stringContaining("Guests are not admitted") },
    });
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});
