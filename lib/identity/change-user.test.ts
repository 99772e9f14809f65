import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { createTestAccount, TEST_PASSWORD, type TestAccount } from "./accounts-for-tests.ts";
import { changeOwnPassword, changePassword } from "./change-password.ts";
import { disableUser, setUserRole, signOutEverywhere } from "./change-user.ts";
import { createOrganisation } from "./create-organisation.ts";
import { createUser } from "./create-user.ts";
import { listUsers } from "./list-users.ts";
import { findPrincipalByHeaders } from "./load-principal.ts";
import { updateProfile } from "./update-profile.ts";

let db: TestDatabase;
let orgId: string;
let admin: TestAccount;
let stranger: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  admin = await createTestAccount(orgId, "admin");
  stranger = await createTestAccount(await createOrganisation("Other"), "admin");
});
afterAll(() => db.close());

describe("accounts", () => {
  it("are made once for each address, however it is written", async () => {
    const input = {
      email: "new@example.test",
      name: "New",
      role: "member" as const,
      password: TEST_PASSWORD,
    };
    await createUser(admin.principal, input);
    await expect(createUser(admin.principal, { ...input, email: "NEW@example.test" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(createUser(stranger.principal, input)).rejects.toMatchObject({ code: "conflict" });
  });

  it.each([
    [{ email: "nothing" }],
    [{ name: "two\nlines" }],
    [{ name: " " }],
    [{ password: "short" }],
    [{ password: "x".repeat(201) }],
  ])("are not made from %j", async (change) => {
    const input = { email: "b@example.test", name: "B", role: "member" as const, password: TEST_PASSWORD };
    await expect(createUser(admin.principal, { ...input, ...change })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });

  it("are listed for their own organisation only", async () => {
    const account = await createTestAccount(orgId, "editor");
    const mine = await listUsers({ orgId });
    expect(mine.map((user) => user.id)).toContain(account.principal.userId);
    expect(mine.map((user) => user.id)).not.toContain(stranger.principal.userId);
    expect(JSON.stringify(mine)).not.toContain("scrypt");
    expect(await listUsers({ orgId }, { email: account.email.toUpperCase() })).toMatchObject([
      { role: "editor" },
    ]);
    expect(await listUsers({ orgId }, { email: stranger.email })).toEqual([]);
  });

  it("of another organisation are as good as missing", async () => {
    const { userId } = stranger.principal;
    for (const work of [
      () => setUserRole(admin.principal, userId, "member"),
      () => disableUser(admin.principal, userId),
      () => signOutEverywhere(admin.principal, userId),
      () => changePassword(admin.principal, userId, "another password"),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "not_found" });
    }
    expect(await findPrincipalByHeaders({ cookie: stranger.cookie })).toMatchObject({ role: "admin" });
  });

  it("never leave an organisation without an administrator, not even at the same moment", async () => {
    const ownOrgId = await createOrganisation("Two");
    const [a, b] = [await createTestAccount(ownOrgId, "admin"), await createTestAccount(ownOrgId, "admin")];
    const results = await Promise.allSettled([
      setUserRole(a.principal, b.principal.userId, "member"),
      disableUser(b.principal, a.principal.userId),
    ]);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(results.find((result) => result.status === "rejected")).toMatchObject({
      reason: { code: "conflict" },
    });
  });
});

describe("one's own profile", () => {
  it("changes its name and nothing else", async () => {
    const account = await createTestAccount(orgId, "member");
    expect(await updateProfile(account.principal, { name: "Another" })).toMatchObject({ name: "Another" });
    expect(await findPrincipalByHeaders({ cookie: account.cookie })).toEqual({
      ...account.principal,
      name: "Another",
    });
  });

  it("changes its password only with the current one, and every session ends", async () => {
    const account = await createTestAccount(orgId, "member");
    await expect(
      changeOwnPassword(account.principal, { currentPassword: "wrong", newPassword: "a new password" }),
    ).rejects.toMatchObject({ code: "invalid_credentials" });
    expect(await findPrincipalByHeaders({ cookie: account.cookie })).not.toBeNull();
    await changeOwnPassword(account.principal, {
      currentPassword: TEST_PASSWORD,
      newPassword: "a new password",
    });
    expect(await findPrincipalByHeaders({ cookie: account.cookie })).toBeNull();
  });
});
