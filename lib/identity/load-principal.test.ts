import { sql } from "drizzle-orm";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withSystem } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { programSecret } from "../platform/secrets.ts";
import { newId } from "../shared/ids.ts";
import { cookieFor, createTestAccount, type TestAccount } from "./accounts-for-tests.ts";
import { makeApiKey } from "./api-key-format.ts";
import { createApiKey, revokeApiKey } from "./api-keys.ts";
import { disableUser, enableUser, setUserRole, signOutEverywhere } from "./change-user.ts";
import { createOrganisation } from "./create-organisation.ts";
import { findPrincipalByHeaders, loadProgramPrincipal } from "./load-principal.ts";
import { PRINCIPAL_HEADER, signPrincipal } from "./signed-principal.ts";

let db: TestDatabase;
let orgId: string;
let admin: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  admin = await createTestAccount(orgId, "admin");
});
afterAll(() => db.close());

const byCookie = (cookie: string) => findPrincipalByHeaders({ cookie });
const byKey = (key: string) => findPrincipalByHeaders({ authorization: `Bearer ${key}` });
const refused = { code: "invalid_api_key" };

describe("a session", () => {
  it("is its user, with role and organisation as they are now", async () => {
    const account = await createTestAccount(orgId, "member");
    expect(await byCookie(account.cookie)).toEqual({ ...account.principal, via: "session", scopes: [] });
    await setUserRole(admin.principal, account.principal.userId, "editor");
    expect(await byCookie(account.cookie)).toMatchObject({ role: "editor" });
  });

  it("ends on all devices when the version is raised, and a new one works", async () => {
    const account = await createTestAccount(orgId, "member");
    await signOutEverywhere(account.principal, account.principal.userId);
    expect(await byCookie(account.cookie)).toBeNull();
    expect(await byCookie(await cookieFor({ ...account.claims, sessionVersion: 2 }))).not.toBeNull();
  });

  it("ends when the account is closed, and stays ended when it opens again", async () => {
    const account = await createTestAccount(orgId, "member");
    await disableUser(admin.principal, account.principal.userId);
    expect(await byCookie(account.cookie)).toBeNull();
    await enableUser(admin.principal, account.principal.userId);
    expect(await byCookie(account.cookie)).toBeNull();
  });

  it("ends when the membership goes", async () => {
    const account = await createTestAccount(orgId, "member");
    await withSystem((transaction) =>
      transaction.execute(sql`delete from membership where user_id = ${account.principal.userId}`),
    );
    expect(await byCookie(account.cookie)).toBeNull();
  });

  it("of another organisation is nobody, though the user exists", async () => {
    const otherOrgId = await createOrganisation("Other");
    expect(await byCookie(await cookieFor({ ...admin.claims, orgId: otherOrgId }))).toBeNull();
  });

  it("that has run out, was forged, altered or made for another purpose is nobody", async () => {
    const claims = { ...admin.claims };
    const forged = await encode({ token: claims, secret: "x".repeat(43) });
    const otherPurpose = await encode({
      token: claims,
      secret: programSecret("signed-principal").toString("base64url"),
    });
    const salted = await encode({
      token: claims,
      secret: programSecret("next-auth-session").toString("base64url"),
      salt: "other",
    });
    const value = admin.cookie.split("=")[1] ?? "";
    const altered = value.slice(0, -4) + (value.endsWith("AAAA") ? "BBBB" : "AAAA");
    for (const token of [forged, otherPurpose, salted, altered, "null", "undefined", "a.b.c", "{}"]) {
      expect(await byCookie(`vouch-session=${token}`)).toBeNull();
    }
    expect(await byCookie(await cookieFor(claims, -60))).toBeNull();
  });

  it("whose claims are incomplete is nobody", async () => {
    const secret = programSecret("next-auth-session").toString("base64url");
    for (const token of [{}, { sub: admin.claims.sub }, { ...admin.claims, sessionVersion: "1" }]) {
      expect(await byCookie(`vouch-session=${await encode({ token, secret })}`)).toBeNull();
    }
  });
});

describe("an API key", () => {
  it("is its owner with the key's role and scopes", async () => {
    const { key, id } = await createApiKey(admin.principal, { name: "k", role: "editor", scopes: ["chat"] });
    expect(await byKey(key)).toEqual({
      ...admin.principal,
      role: "editor",
      via: "key",
      scopes: ["chat"],
      apiKeyId: id,
    });
  });

  it("wins over a cookie, without adding to it", async () => {
    const account = await createTestAccount(orgId, "member");
    const { key } = await createApiKey(account.principal, { name: "k", scopes: ["chat"] });
    const headers = { authorization: `Bearer ${key}`, cookie: admin.cookie };
    expect(await findPrincipalByHeaders(headers)).toMatchObject({
      userId: account.principal.userId,
      role: "member",
      scopes: ["chat"],
    });
  });

  it("sinks with its owner's role", async () => {
    const account = await createTestAccount(orgId, "admin");
    const { key } = await createApiKey(account.principal, { name: "k" });
    expect(await byKey(key)).toMatchObject({ role: "admin" });
    await setUserRole(admin.principal, account.principal.userId, "member");
    expect(await byKey(key)).toMatchObject({ role: "member" });
  });

  it("is refused at once when it is revoked, has run out, or its owner is shut out", async () => {
    const account = await createTestAccount(orgId, "member");
    const [revoked, expired, orphan] = await Promise.all(
      ["a", "b", "c"].map((name) => createApiKey(account.principal, { name })),
    );
    await revokeApiKey(account.principal, revoked?.id ?? "");
    await expect(byKey(revoked?.key ?? "")).rejects.toMatchObject(refused);
    await withSystem((transaction) =>
      transaction.execute(sql`update api_key set expires_at = now() where id = ${expired?.id}`),
    );
    await expect(byKey(expired?.key ?? "")).rejects.toMatchObject(refused);
    await disableUser(admin.principal, account.principal.userId);
    await expect(byKey(orphan?.key ?? "")).rejects.toMatchObject(refused);
  });

  it("that does not exist is refused, with a good cookie too", async () => {
    for (const key of [makeApiKey(), "vch_", "null", "' or '1'='1", ""]) {
      const headers = { authorization: `Bearer ${key}`, cookie: admin.cookie };
      await expect(findPrincipalByHeaders(headers)).rejects.toMatchObject(refused);
    }
  });

  it("notes that it is in use, at most once a minute", async () => {
    const { key, id } = await createApiKey(admin.principal, { name: "k" });
    const lastUse = () =>
      withSystem((transaction) =>
        transaction.execute(sql`select last_used_at from api_key where id = ${id}`),
      );
    await byKey(key);
    const first = await lastUse();
    expect(first[0]?.last_used_at).not.toBeNull();
    await byKey(key);
    expect(await lastUse()).toEqual(first);
  });
});

describe("the router's principal", () => {
  it("is a key's, or the one the web role signed", async () => {
    const { key } = await createApiKey(admin.principal, { name: "k", scopes: ["models"] });
    expect(await loadProgramPrincipal({ "x-api-key": key })).toMatchObject({ scopes: ["models"] });
    const signed = signPrincipal(admin.principal, { requestId: newId() });
    expect(await loadProgramPrincipal({ [PRINCIPAL_HEADER]: signed })).toEqual(admin.principal);
  });

  it("is refused on the next request after its key was revoked or its owner's role fell", async () => {
    const account = await createTestAccount(orgId, "admin");
    const { key, id } = await createApiKey(account.principal, { name: "k" });
    const load = async () => loadProgramPrincipal({ "x-api-key": key });
    expect(await load()).toMatchObject({ role: "admin" });
    await setUserRole(admin.principal, account.principal.userId, "member");
    expect(await load()).toMatchObject({ role: "member" });
    await revokeApiKey(admin.principal, id);
    await expect(load()).rejects.toMatchObject(refused);
  });

  it("is refused on the next request after its owner's account was closed", async () => {
    const account = await createTestAccount(orgId, "member");
    const { key } = await createApiKey(account.principal, { name: "k" });
    const load = async () => loadProgramPrincipal({ "x-api-key": key });
    expect(await load()).toMatchObject({ userId: account.principal.userId });
    await disableUser(admin.principal, account.principal.userId);
    await expect(load()).rejects.toMatchObject(refused);
  });

  it("is never a cookie's", async () => {
    await expect(async () => loadProgramPrincipal({ cookie: admin.cookie })).rejects.toMatchObject({
      code: "not_signed_in",
    });
  });

  it("is not a forged signature's, even with a good key beside it", async () => {
    const { key } = await createApiKey(admin.principal, { name: "k" });
    const headers = { [PRINCIPAL_HEADER]: "a.b", authorization: `Bearer ${key}` };
    await expect(async () => loadProgramPrincipal(headers)).rejects.toMatchObject(refused);
  });

  it("is not taken from the signature by the web API", async () => {
    const signed = signPrincipal(admin.principal, { requestId: newId() });
    expect(await findPrincipalByHeaders({ [PRINCIPAL_HEADER]: signed })).toBeNull();
  });
});
