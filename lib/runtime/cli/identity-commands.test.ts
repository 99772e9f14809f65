import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureFirstRun, findPrincipalByHeaders } from "../../identity/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { auditCommand } from "./audit.ts";
import { keyCommand } from "./key.ts";
import { userCommand } from "./user.ts";

let db: TestDatabase;
let dataDir: string;
let printed: string[];

beforeAll(async () => {
  db = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-cli-"));
  await ensureFirstRun(
    { adminEmail: "admin@example.test", adminPassword: "a password" },
    join(dataDir, "first.txt"),
  );
});
afterAll(async () => {
  await db.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    printed.push(line);
  });
});
afterEach(() => vi.mocked(console.log).mockRestore());

const lastJson = () => JSON.parse(printed.at(-1) ?? "null") as Record<string, string>;

describe("vouch key", () => {
  it("makes a first key that works, and prints it for programs", async () => {
    await keyCommand(["create", "--name", "ci", "--role", "admin", "--json"]);
    const principal = await findPrincipalByHeaders({ authorization: `Bearer ${lastJson().key}` });
    expect(principal).toMatchObject({ role: "admin", scopes: ["*"], email: "admin@example.test" });
  });

  it("prints the bare key for people, with scopes and an end when asked", async () => {
    await keyCommand([
      "create",
      "--name",
      "chat",
      "--role",
      "member",
      "--scopes",
      "chat,search",
      "--expires-days",
      "7",
    ]);
    expect(await findPrincipalByHeaders({ "x-api-key": printed[0] ?? "" })).toMatchObject({
      role: "member",
      scopes: ["chat", "search"],
    });
  });

  it("lists keys without showing them, and ends one", async () => {
    await keyCommand(["create", "--json"]);
    const { key, id } = lastJson();
    await keyCommand(["list"]);
    expect(printed.join("\n")).toContain(id);
    expect(printed.slice(1).join("\n")).not.toContain(key);
    await keyCommand(["revoke", id ?? ""]);
    await expect(findPrincipalByHeaders({ "x-api-key": key })).rejects.toMatchObject({
      code: "invalid_api_key",
    });
  });

  it.each([
    [["create", "--role", "owner"]],
    [["create", "--expires-days", "soon"]],
    [["create", "--scopes", "everything"]],
    [["create", "--unknown"]],
    [["revoke", "1"]],
    [["destroy"]],
  ])("says what is wrong with %j", async (args) => {
    await expect(keyCommand(args)).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("vouch user", () => {
  it("makes an account, changes its role, gives it a key, shuts it out", async () => {
    await userCommand(["create", "--email", "ada@example.test", "--role", "member", "--json"]);
    expect(lastJson().password).toMatch(/^[\w-]{20}$/);
    await userCommand(["role", "ada@example.test", "editor"]);
    await keyCommand(["create", "--user", "ada@example.test", "--json"]);
    const key = lastJson().key ?? "";
    expect(await findPrincipalByHeaders({ "x-api-key": key })).toMatchObject({
      email: "ada@example.test",
      role: "editor",
    });
    await userCommand(["password", "ada@example.test", "--password", "another password"]);
    await userCommand(["sign-out", "ada@example.test"]);
    await userCommand(["disable", "ada@example.test"]);
    await expect(findPrincipalByHeaders({ "x-api-key": key })).rejects.toMatchObject({
      code: "invalid_api_key",
    });
    await expect(keyCommand(["create", "--user", "ada@example.test"])).rejects.toMatchObject({
      code: "not_found",
    });
    await userCommand(["enable", "ada@example.test"]);
    expect(await findPrincipalByHeaders({ "x-api-key": key })).not.toBeNull();
    await userCommand(["list"]);
    expect(printed.join("\n")).toContain("ada@example.test");
  });

  it("shows its help without a database", async () => {
    await userCommand(["--help"]);
    await keyCommand([]);
    expect(printed[0]).toContain("user create");
    expect(printed[1]).toContain("key create");
  });

  it.each([
    [["role", "nobody@example.test", "admin"], "not_found"],
    [["role", "admin@example.test", "owner"], "invalid_request"],
    [["role", "admin@example.test", "member"], "conflict"],
    [["disable"], "not_found"],
    [["constructor"], "invalid_request"],
  ])("says what is wrong with %j", async (args, code) => {
    await expect(userCommand(args)).rejects.toMatchObject({ code });
  });
});

describe("vouch audit", () => {
  it("finds the log whole, and says so to those who noted its head", async () => {
    await auditCommand(["verify", "--json"]);
    const { ok, head } = JSON.parse(printed[0] ?? "null") as {
      ok: boolean;
      head: { sequence: number; hash: string };
    };
    expect(ok).toBe(true);
    await auditCommand(["verify", "--head", `${head.sequence}:${head.hash}`]);
    expect(printed[1]).toContain("whole");
    await expect(auditCommand(["verify", "--head", `1:${"0".repeat(64)}`])).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it.each([[["verify", "--head", "x"]], [["erase"]]])("says what is wrong with %j", async (args) => {
    await expect(auditCommand(args)).rejects.toMatchObject({ code: "invalid_request" });
  });
});
