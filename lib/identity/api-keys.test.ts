import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withSystem } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createTestAccount, type TestAccount } from "./accounts-for-tests.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "./api-keys.ts";
import { createOrganisation } from "./create-organisation.ts";
import { findPrincipalByHeaders } from "./load-principal.ts";
import type { CreateApiKey } from "./schema.ts";

let db: TestDatabase;
let admin: TestAccount;
let member: TestAccount;
let stranger: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  const orgId = await createOrganisation("Example");
  admin = await createTestAccount(orgId, "admin");
  member = await createTestAccount(orgId, "member");
  stranger = await createTestAccount(await createOrganisation("Other"), "admin");
});
afterAll(() => db.close());

const daysUntil = (iso: string | null) =>
  iso === null ? null : Math.round((Date.parse(iso) - Date.now()) / 86_400_000);

describe("API keys", () => {
  it("are shown once and stored as a hash only", async () => {
    const { key, id } = await createApiKey(admin.principal, { name: "ci" });
    const [row] = await withSystem((transaction) =>
      transaction.execute(sql`select * from api_key where id = ${id}`),
    );
    const stored = JSON.stringify([row, await listApiKeys(admin.principal)]);
    expect(stored).not.toContain(key);
    expect(stored).not.toContain(key.slice(-12));
    expect(stored).toContain(key.slice(0, 10));
    const audit = await withSystem((transaction) => transaction.execute(sql`select * from audit_event`));
    expect(JSON.stringify(audit)).not.toContain(key.slice(4));
  });

  it("of administrators may do everything and never end, unless they ask for less", async () => {
    const key = await createApiKey(admin.principal, { name: "ci" });
    expect(key).toMatchObject({ role: "admin", scopes: ["*"], expiresAt: null });
    const less = await createApiKey(admin.principal, {
      name: "ci",
      role: "member",
      scopes: ["chat", "chat"],
      expiresInDays: 3650,
    });
    expect(less).toMatchObject({ role: "member", scopes: ["chat"] });
    expect(daysUntil(less.expiresAt)).toBe(3650);
  });

  it("of other people end after 90 days and do not administrate", async () => {
    const key = await createApiKey(member.principal, { name: "mine" });
    expect(key).toMatchObject({ role: "member", scopes: ["chat", "search", "documents", "models"] });
    expect(daysUntil(key.expiresAt)).toBe(90);
  });

  it.each<[string, Partial<CreateApiKey>]>([
    ["a higher role", { role: "editor" }],
    ["the wildcard", { scopes: ["*"] }],
    ["administration", { scopes: ["chat", "admin"] }],
    ["more than a year", { expiresInDays: 366 }],
    ["no end", { expiresInDays: null }],
  ])("are refused to a member with %s", async (_what, wanted) => {
    await expect(createApiKey(member.principal, { name: "k", ...wanted })).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("are refused for another owner, and to guests", async () => {
    const { userId } = admin.principal;
    await expect(createApiKey(member.principal, { name: "k", userId })).rejects.toMatchObject({
      code: "forbidden",
    });
    const guest = { ...member.principal, isGuest: true };
    await expect(createApiKey(guest, { name: "k" })).rejects.toMatchObject({ code: "forbidden" });
  });

  it("make no wider keys than they are themselves", async () => {
    const { key } = await createApiKey(admin.principal, {
      name: "k",
      role: "editor",
      scopes: ["admin", "chat"],
    });
    const narrow = await findPrincipalByHeaders({ "x-api-key": key });
    if (narrow === null) throw new Error("the key is not known");
    for (const wanted of [
      { role: "admin" as const },
      { scopes: ["*" as const] },
      { scopes: ["search" as const] },
    ]) {
      await expect(createApiKey(narrow, { name: "k", ...wanted })).rejects.toMatchObject({
        code: "forbidden",
      });
    }
    expect(await createApiKey(narrow, { name: "k" })).toMatchObject({ role: "editor", scopes: ["chat"] });
  });

  it("are seen by their owner and by administrators of the organisation", async () => {
    const { id } = await createApiKey(member.principal, { name: "seen" });
    const idsOf = async (account: TestAccount) => (await listApiKeys(account.principal)).map((key) => key.id);
    expect(await idsOf(member)).toContain(id);
    expect(await idsOf(admin)).toContain(id);
    expect(await idsOf(stranger)).not.toContain(id);
    const { id: adminKey } = await createApiKey(admin.principal, { name: "hidden" });
    expect(await idsOf(member)).not.toContain(adminKey);
  });

  it("of others are as good as missing to those who want to end them", async () => {
    const { id, key } = await createApiKey(admin.principal, { name: "k" });
    await expect(revokeApiKey(member.principal, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(revokeApiKey(stranger.principal, id)).rejects.toMatchObject({ code: "not_found" });
    expect(await findPrincipalByHeaders({ "api-key": key })).not.toBeNull();
    await revokeApiKey(admin.principal, id);
    await revokeApiKey(admin.principal, id);
    await expect(findPrincipalByHeaders({ "api-key": key })).rejects.toMatchObject({
      code: "invalid_api_key",
    });
  });
});
