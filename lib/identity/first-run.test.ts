import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { changePassword } from "./change-password.ts";
import { ensureFirstRun, getFirstAdministrator } from "./first-run.ts";
import { listUsers } from "./list-users.ts";
import { findDefaultOrganisation } from "./queries/organisations.ts";
import { signInWithPassword } from "./sign-in.ts";
import { verifyAuditChain } from "./verify-audit-chain.ts";

let db: TestDatabase;
let dataDir: string;
let file: string;

beforeEach(async () => {
  db = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-first-run-"));
  file = join(dataDir, "data", "first-administrator.txt");
});
afterEach(async () => {
  await db.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const allowed = { consume: async () => ({ allowed: true, retryAfterSeconds: 0 }) };

describe("the first start", () => {
  it("makes an organisation and an administrator who can sign in with the password it prints and keeps", async () => {
    await expect(getFirstAdministrator()).rejects.toMatchObject({ code: "unavailable" });
    const first = await ensureFirstRun({}, file);
    expect(first).toMatchObject({ created: true, email: "admin@vouch.localhost", passwordFile: file });
    expect(first.password).toMatch(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    const claims = await signInWithPassword(
      { email: first.email ?? "", password: first.password ?? "" },
      allowed,
    );
    const administrator = await getFirstAdministrator();
    expect(administrator).toMatchObject({ userId: claims.sub, orgId: claims.orgId, role: "admin" });
    expect((await findDefaultOrganisation())?.id).toBe(claims.orgId);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain(first.password);
    // The making of the organisation, and the sign-in.
    expect(await verifyAuditChain(claims.orgId)).toMatchObject({ ok: true, count: 2 });
  });

  it("happens once: later starts say who administrates and where the password is kept, not what it is", async () => {
    await ensureFirstRun({}, file);
    expect(await ensureFirstRun({}, file)).toEqual({
      created: false,
      email: "admin@vouch.localhost",
      password: null,
      passwordFile: file,
    });
  });

  it("happens once when several processes start at the same moment", async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => ensureFirstRun({}, file)));
    const created = runs.filter((run) => run.created);
    expect(created).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toContain(created[0]?.password);
    const organisation = await findDefaultOrganisation();
    expect(await listUsers({ orgId: organisation?.id ?? "" })).toHaveLength(1);
  });

  it("takes address and password from the environment and then keeps no file", async () => {
    const first = await ensureFirstRun(
      { adminEmail: "Ada@Example.test", adminPassword: "from the environment" },
      file,
    );
    expect(first).toEqual({ created: true, email: "ada@example.test", password: null, passwordFile: null });
    expect(existsSync(file)).toBe(false);
    await signInWithPassword({ email: "ada@example.test", password: "from the environment" }, allowed);
  });

  it("forgets the kept password when it is changed", async () => {
    const first = await ensureFirstRun({}, file);
    const administrator = await getFirstAdministrator();
    await changePassword(administrator, administrator.userId, "a new password", file);
    expect(existsSync(file)).toBe(false);
    expect((await ensureFirstRun({}, file)).passwordFile).toBeNull();
    await expect(
      signInWithPassword({ email: first.email ?? "", password: first.password ?? "" }, allowed),
    ).rejects.toMatchObject({ code: "invalid_credentials" });
    await signInWithPassword({ email: first.email ?? "", password: "a new password" }, allowed);
  });
});
