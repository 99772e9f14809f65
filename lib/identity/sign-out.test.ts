import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withSystem, withTenant } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "../platform/rate-limit/index.ts";
import { createTestAccount, type TestAccount } from "./accounts-for-tests.ts";
import { createTestBrowser } from "./browser-for-tests.ts";
import { signOutEverywhere } from "./change-user.ts";
import { createOrganisation } from "./create-organisation.ts";
import { handle } from "./handle.ts";
import { listAuditEvents } from "./queries/audit-events.ts";
import { SESSION_SECONDS } from "./session-token.ts";
import { verifyAuditChain } from "./verify-audit-chain.ts";

let db: TestDatabase;
let orgId: string;
let account: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 }));
  orgId = await createOrganisation("Example");
  account = await createTestAccount(orgId, "member");
});

const route = handle({ auth: "member" }, () => ({ ok: true }));
const statusFor = async (cookie: string) =>
  (await route(new Request("http://localhost/api/thing", { headers: { cookie } }))).status;

async function signedInBrowser(email = account.email) {
  const browser = createTestBrowser(email);
  await browser.signIn();
  return browser;
}

const endedSessions = () =>
  withSystem((transaction) =>
    transaction.execute<{ id: string; seconds: string }>(sql`
      select id, extract(epoch from expires_at - now()) as seconds from ended_session
      where user_id = ${account.principal.userId} order by id`),
  );

describe("signing out", () => {
  it("takes the cookie away and answers 401 to a kept copy", async () => {
    const browser = await signedInBrowser();
    const kept = browser.cookie();
    expect(await statusFor(kept)).toBe(200);
    expect((await browser.post("signout", {})).status).toBe(200);
    expect(browser.jar["vouch-session"]).toBeUndefined();
    expect(await statusFor(kept)).toBe(401);
  });

  it("leaves the person's other devices signed in", async () => {
    const [laptop, phone] = [await signedInBrowser(), await signedInBrowser()];
    await laptop.post("signout", {});
    expect(await statusFor(phone.cookie())).toBe(200);
    await laptop.signIn();
    expect(await statusFor(laptop.cookie())).toBe(200);
  });

  it("ends copies that were renewed before, and renews none afterwards", async () => {
    const browser = await signedInBrowser();
    const thief = createTestBrowser(account.email, { ...browser.jar });
    await thief.send("session");
    expect(thief.jar["vouch-session"]).not.toBe(browser.jar["vouch-session"]);
    await browser.post("signout", {});
    expect(await statusFor(thief.cookie())).toBe(401);
    expect(await (await thief.send("session")).json()).toEqual({});
    expect(thief.jar["vouch-session"]).toBeUndefined();
  });

  it("with a copy of a cookie that is over ends nobody's new session and notes nothing", async () => {
    const browser = await signedInBrowser();
    const thief = createTestBrowser(account.email, { ...browser.jar });
    const other = createTestBrowser(account.email, { ...browser.jar });
    await browser.post("signout", {});
    await browser.signIn();
    await thief.post("signout", {});
    expect(await endedSessions()).toHaveLength(1);
    await signOutEverywhere(account.principal, account.principal.userId);
    await browser.signIn();
    await other.post("signout", {});
    expect(await statusFor(browser.cookie())).toBe(200);
    expect(await endedSessions()).toHaveLength(1);
  });

  it("needs next-auth's token", async () => {
    const browser = await signedInBrowser();
    const response = await browser.post("signout", { csrfToken: "wrong" });
    expect(await response.json()).toMatchObject({ error: { code: "cross_origin" } });
    expect(await statusFor(browser.cookie())).toBe(200);
  });
});

describe("signing in again in the same browser", () => {
  it("ends the session before, so that a kept copy of its cookie is worthless too", async () => {
    const browser = await signedInBrowser();
    const kept = browser.cookie();
    await browser.signIn();
    expect(await statusFor(kept)).toBe(401);
    expect(await statusFor(browser.cookie())).toBe(200);
  });
});

describe("a note of an ended session", () => {
  it("outlives every copy of its cookie, and goes afterwards", async () => {
    await (await signedInBrowser()).post("signout", {});
    const [first] = await endedSessions();
    expect(Number(first?.seconds)).toBeGreaterThan(SESSION_SECONDS);
    expect(Number(first?.seconds)).toBeLessThan(SESSION_SECONDS + 86_400);
    await (await signedInBrowser()).post("signout", {});
    expect(await endedSessions()).toHaveLength(2);
    await withSystem((transaction) =>
      transaction.execute(sql`delete from ended_session where id = ${first?.id}`),
    );
    await withSystem((transaction) =>
      transaction.execute(sql`
        insert into ended_session (id, user_id, expires_at)
        values (${first?.id}, ${account.principal.userId}, now() - interval '1 second')`),
    );
    await (await signedInBrowser()).post("signout", {});
    const ids = (await endedSessions()).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).not.toContain(first?.id);
  });
});

describe("the audit log", () => {
  /** What a person did, oldest first, without the making of the account. */
  async function deedsOf(userId: string) {
    const rows = await withTenant({ orgId }, (transaction) => listAuditEvents(transaction, orgId, 0, 100));
    return rows
      .filter(({ actorId }) => actorId === userId)
      .map(({ action, subjectType, subjectId, detail }) => ({ action, subjectType, subjectId, detail }));
  }

  it("holds sign-in and sign-out of one session, and its chain is whole", async () => {
    const browser = await signedInBrowser();
    await browser.post("signout", {});
    const deeds = await deedsOf(account.principal.userId);
    expect(deeds).toEqual([
      {
        action: "session.start",
        subjectType: "session",
        subjectId: expect.any(String),
        detail: { by: "password" },
      },
      {
        action: "session.end",
        subjectType: "session",
        subjectId: deeds[0]?.subjectId,
        detail: { by: "sign_out" },
      },
    ]);
    expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true });
  });

  it("tells a session that was replaced from one that was left", async () => {
    const browser = await signedInBrowser();
    await browser.signIn();
    const actions = (await deedsOf(account.principal.userId)).map(({ action, detail }) => [
      action,
      detail.by,
    ]);
    expect(actions).toEqual([
      ["session.start", "password"],
      ["session.start", "password"],
      ["session.end", "sign_in"],
    ]);
  });

  it("holds nothing of a refused sign-in or of a sign-out that ended nothing", async () => {
    await createTestBrowser(account.email).signIn(account.email, "wrong password");
    await createTestBrowser(account.email).post("signout", {});
    const browser = await signedInBrowser();
    const copy = createTestBrowser(account.email, { ...browser.jar });
    await browser.post("signout", {});
    await copy.post("signout", {});
    expect((await deedsOf(account.principal.userId)).map(({ action }) => action)).toEqual([
      "session.start",
      "session.end",
    ]);
  });
});
