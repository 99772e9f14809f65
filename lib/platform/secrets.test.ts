import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { programSecret } from "./secrets.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "vouch-secrets-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("the program's secret", () => {
  it("is made once, kept for the owner only and the same afterwards", () => {
    const first = programSecret("a", { configuredSecret: undefined, dataDir });
    expect(first).toHaveLength(32);
    expect(programSecret("a", { configuredSecret: undefined, dataDir })).toEqual(first);
    expect(statSync(join(dataDir, "secret")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(["secret"]);
  });

  it("gives every purpose a key of its own and never the secret itself", () => {
    const dependencies = { configuredSecret: "s".repeat(32), dataDir };
    const keys = ["a", "b"].map((purpose) => programSecret(purpose, dependencies).toString("hex"));
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain(Buffer.from("s".repeat(32)).toString("hex"));
  });

  it("takes the configured one and then writes nothing", () => {
    const a = programSecret("a", { configuredSecret: "x".repeat(40), dataDir });
    const b = programSecret("a", { configuredSecret: "y".repeat(40), dataDir });
    expect(a).not.toEqual(b);
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it("refuses a kept secret that is too short", () => {
    writeFileSync(join(dataDir, "secret"), "short\n");
    expect(() => programSecret("a", { configuredSecret: undefined, dataDir })).toThrow(/too short/);
  });

  it("is one and the same for processes that start at the same moment", async () => {
    const modulePath = new URL("./secrets.ts", import.meta.url).href;
    const script = `
      const { programSecret } = await import(${JSON.stringify(modulePath)});
      const options = { configuredSecret: undefined, dataDir: ${JSON.stringify(dataDir)} };
      process.stdout.write(programSecret("a", options).toString("hex"));`;
    const run = promisify(execFile);
    const runs = await Promise.all(
      Array.from({ length: 4 }, () =>
        run(process.execPath, ["--input-type=module", "--disable-warning=ExperimentalWarning", "-e", script]),
      ),
    );
    expect(new Set(runs.map((one) => one.stdout)).size).toBe(1);
    expect(readFileSync(join(dataDir, "secret"), "utf8").trim().length).toBeGreaterThanOrEqual(32);
  });
});
