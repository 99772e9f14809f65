import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureFirstRun } from "../../identity/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { keyCommand } from "./key.ts";
import { limitCommand } from "./limit.ts";

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

const lastJson = () => JSON.parse(printed.at(-1) ?? "null");

describe("vouch limit", () => {
  it("sets limits of the organisation, a person and a key, and lists them with their use", async () => {
    await limitCommand(["set", "organisation", "--budget", "25.50", "--json"]);
    expect(lastJson()).toMatchObject({ type: "organisation", set: { monthlyBudgetMicros: 25_500_000 } });
    await limitCommand(["set", "user:admin@example.test", "--requests", "60", "--streams", "4"]);
    await keyCommand(["create", "--json"]);
    const { id } = lastJson();
    await limitCommand(["set", `key:${id}`, "--tokens", "1000"]);
    await limitCommand(["list", "--json"]);
    const effective = lastJson().subjects.map((subject: { effective: object }) => subject.effective);
    expect(effective).toMatchObject([
      { monthlyBudgetMicros: 25_500_000 },
      { requestsPerMinute: 60, concurrentStreams: 4 },
      { tokensPerMinute: 1000 },
    ]);
    await limitCommand(["list"]);
    expect(printed.join("\n")).toMatch(/organisation .* 0\.00 of 25\.50/);
    expect(printed.join("\n")).toMatch(/user .* 0 of 60/);
  });

  it("leaves what is not named, tells no limit from the default, and removes", async () => {
    const user = "user:admin@example.test";
    await limitCommand([
      "set",
      user,
      "--requests",
      "5",
      "--tokens",
      "none",
      "--streams",
      "default",
      "--json",
    ]);
    expect(lastJson().set).toEqual({ requestsPerMinute: 5, tokensPerMinute: null });
    await limitCommand(["set", user, "--streams", "2", "--json"]);
    expect(lastJson().set).toEqual({ requestsPerMinute: 5, tokensPerMinute: null, concurrentStreams: 2 });
    await limitCommand(["remove", user, "--json"]);
    await limitCommand(["list", "--all", "--json"]);
    const { subjects } = lastJson();
    expect(subjects.find(({ type }: { type: string }) => type === "user")).toMatchObject({ set: null });
  });

  it("says what it does not understand", async () => {
    await expect(limitCommand(["set", "organisation"])).rejects.toThrow("Name a limit");
    await expect(limitCommand(["set", "everybody", "--requests", "5"])).rejects.toThrow(
      "Name whom it is for",
    );
    await expect(limitCommand(["set", "organisation", "--requests", "many"])).rejects.toThrow('"many"');
    await expect(limitCommand(["set", "user:nobody@example.test", "--requests", "5"])).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(limitCommand(["forbid"])).rejects.toThrow('no command "limit forbid"');
  });
});
