import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "../platform/rate-limit/index.ts";
import { createTestAccount, TEST_PASSWORD, type TestAccount } from "./accounts-for-tests.ts";
import { createTestBrowser, type TestBrowser } from "./browser-for-tests.ts";
import { disableUser } from "./change-user.ts";
import { createOrganisation } from "./create-organisation.ts";
import { findPrincipalByHeaders } from "./load-principal.ts";

let db: TestDatabase;
let orgId: string;
let account: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  account = await createTestAccount(orgId, "admin");
});
afterAll(() => db.close());
// A clock that stands still: no budget comes back while a slow machine works.
beforeEach(() => setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 })));

/** A browser whose person has the account of this file, unless told otherwise. */
const createBrowser = (jar: Record<string, string> = {}): TestBrowser =>
  createTestBrowser(account.email, jar);

const urlOf = async (response: Response) => ((await response.json()) as { url: string }).url;
const codeOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;

describe("signing in with a password", () => {
  it("opens a session in a cookie that scripts and other sites do not get", async () => {
    const browser = createBrowser();
    const response = await browser.signIn();
    expect(response.status).toBe(200);
    const line = response.headers.getSetCookie().find((one) => one.startsWith("vouch-session="));
    expect(line).toMatch(/HttpOnly/);
    expect(line).toMatch(/SameSite=Lax/);
    expect(line).toMatch(/Path=\//);
    expect(await browser.principal()).toMatchObject({ userId: account.principal.userId, role: "admin" });
  });

  it("finds the account however the address is written", async () => {
    const browser = createBrowser();
    expect((await browser.signIn(` ${account.email.toUpperCase()} `)).status).toBe(200);
  });

  it("answers the same for a wrong password, an unknown address, a closed account and an empty form", async () => {
    const closed = await createTestAccount(orgId, "member");
    await disableUser(account.principal, closed.principal.userId);
    const answers: unknown[] = [];
    for (const [email, password] of [
      [account.email, "wrong password"],
      ["nobody@example.test", TEST_PASSWORD],
      [closed.email, TEST_PASSWORD],
      ["", ""],
      ["' or 1=1 --", "x\0y"],
      [account.email, "x".repeat(10_000)],
    ] as const) {
      const response = await createBrowser().signIn(email, password);
      const body = (await response.json()) as { url: string; error: { code: string; message: string } };
      answers.push([response.status, body.url, body.error.code, body.error.message]);
      expect(response.headers.getSetCookie().join()).not.toContain("vouch-session=");
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject([
      401,
      expect.stringContaining("/sign-in?"),
      "invalid_credentials",
      expect.any(String),
    ]);
  });

  it("replaces a cookie that was planted before", async () => {
    const browser = createBrowser({ "vouch-session": "planted" });
    await browser.signIn();
    expect(browser.jar["vouch-session"]).not.toBe("planted");
    expect(await browser.principal()).not.toBeNull();
  });

  it("works again in a browser that is signed in already, and on a second device beside it", async () => {
    const [laptop, phone] = [createBrowser(), createBrowser()];
    await laptop.signIn();
    await phone.signIn();
    await laptop.signIn();
    expect(await laptop.principal()).not.toBeNull();
    expect(await phone.principal()).not.toBeNull();
  });

  it("ends after twenty tries a minute for one account, whoever tries, and says when to come back", async () => {
    const victim = await createTestAccount(orgId, "member");
    const responses: Response[] = [];
    for (let index = 0; index < 21; index += 1) {
      responses.push(
        await createBrowser().post(
          "callback/password",
          { email: victim.email, password: "wrong password" },
          { "x-forwarded-for": `10.0.0.${index}` },
        ),
      );
    }
    const last = responses.at(-1);
    expect(responses.slice(0, 20).map((response) => response.status)).toEqual(Array(20).fill(401));
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await createBrowser().signIn()).status).toBe(200);
  });

  it("works with a plain form too, and goes to where the person wanted", async () => {
    const response = await createBrowser().signIn(account.email, TEST_PASSWORD, {
      json: "",
      callbackUrl: "/links?a=b",
    });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/links?a=b"]);
    const refused = await createBrowser().signIn(account.email, "wrong password", {
      json: "",
      callbackUrl: "/links",
    });
    expect(refused.headers.get("location")).toBe("/sign-in?callbackUrl=%2Flinks&error=invalid_credentials");
  });
});

describe("signing in as a guest", () => {
  it("makes a member without address or password, a new one each time", async () => {
    const [first, second] = [createBrowser(), createBrowser()];
    expect((await first.post("callback/guest", {})).status).toBe(200);
    await second.post("callback/guest", {});
    const guest = await first.principal();
    expect(guest).toMatchObject({ role: "member", isGuest: true, email: null, orgId });
    expect((await second.principal())?.userId).not.toBe(guest?.userId);
  });

  it("leaves nothing of the guest's to the account that signs in afterwards, and ends the guest's session", async () => {
    const browser = createBrowser();
    await browser.post("callback/guest", {});
    const guestCookie = browser.cookie();
    await browser.signIn();
    expect(await browser.principal()).toMatchObject({ userId: account.principal.userId });
    expect(await findPrincipalByHeaders({ cookie: guestCookie })).toBeNull();
  });

  it("is limited for one client and for all", async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 61; index += 1) {
      statuses.push((await createBrowser().post("callback/guest", {})).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(60);
    expect(statuses.at(-1)).toBe(429);
    const other = await createBrowser().post("callback/guest", {}, { "x-vouch-client-address": "192.0.2.7" });
    expect(other.status).toBe(200);
  });
});

describe("requests of other sites", () => {
  it.each([
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site", origin: "http://localhost:3000" }],
    [{ "sec-fetch-site": "none" }],
  ])("are refused: %j", async (headers) => {
    const response = await createBrowser().post("callback/guest", {}, headers);
    expect([response.status, await codeOf(response)]).toEqual([403, "cross_origin"]);
  });

  it("are refused without a token when they hide where they come from", async () => {
    const response = await createBrowser().send("callback/guest", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "json=true",
    });
    expect(response.status).toBe(403);
  });

  it.each([["//evil.test"], ["\\evil.test"], ["javascript:alert(1)"], ["https://evil.test/"]])(
    "get nobody sent to %s",
    async (callbackUrl) => {
      const signedIn = await createBrowser().signIn(account.email, TEST_PASSWORD, { callbackUrl });
      expect(await urlOf(signedIn)).toBe("http://localhost:3000/");
      const refused = await createBrowser().signIn(account.email, "wrong password", { callbackUrl });
      expect(await urlOf(refused)).toBe(
        "http://localhost:3000/sign-in?callbackUrl=%2F&error=invalid_credentials",
      );
      const page = await createBrowser({ "next-auth.callback-url": encodeURIComponent(callbackUrl) }).send(
        "signin",
        {},
        `?callbackUrl=${encodeURIComponent(callbackUrl)}`,
      );
      expect(page.headers.get("location")).toBe("/sign-in?callbackUrl=%2F");
    },
  );

  it("cannot put their host into an answer", async () => {
    const headers = { "x-forwarded-host": "evil.test", "x-forwarded-proto": "https", host: "evil.test" };
    for (const response of [
      await createBrowser().send("providers", { headers }),
      await createBrowser().send("signin", { headers }),
      await createBrowser().post("callback/guest", {}, headers),
    ]) {
      expect((await response.text()) + JSON.stringify([...response.headers])).not.toContain("evil");
    }
  });
});

describe("the session as the browser may see it", () => {
  it("names the person and renews the cookie", async () => {
    const browser = createBrowser();
    await browser.signIn();
    const response = await browser.send("session");
    expect(((await response.json()) as { user: unknown }).user).toEqual({
      id: account.principal.userId,
      name: account.principal.name,
      email: account.email,
      role: "admin",
      isGuest: false,
    });
    expect(await browser.principal()).not.toBeNull();
  });

  it("is empty for a closed account, and the cookie goes", async () => {
    const closed = await createTestAccount(orgId, "member");
    const browser = createBrowser();
    await browser.signIn(closed.email);
    await disableUser(account.principal, closed.principal.userId);
    expect(await (await browser.send("session")).json()).toEqual({});
    expect(browser.jar["vouch-session"]).toBeUndefined();
  });
});

describe("what next-auth is not asked", () => {
  it.each([
    ["POST", "_log", 404],
    ["POST", "session", 405],
    ["GET", "callback/password", 405],
    ["POST", "callback/github", 404],
    ["GET", "__proto__", 404],
    ["DELETE", "session", 405],
  ])("%s %s: %i", async (method, action, status) => {
    expect((await createBrowser().send(action, { method })).status).toBe(status);
  });

  it("reads no large body and no other content type", async () => {
    const large = await createBrowser().post("callback/password", { email: "x".repeat(20_000) });
    expect(large.status).toBe(413);
    const xml = await createBrowser().post("callback/password", {}, { "content-type": "text/xml" });
    expect(xml.status).toBe(415);
  });
});
