import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { forkDatabaseProcess, socketDirectoryFor } from "../platform/embedded-database/index.ts";
import { emptyDumpPath } from "../platform/embedded-database/test-support.ts";
import { childEnvironment } from "../platform/env.ts";

const MAIN = fileURLToPath(new URL("./start.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "vouch-start-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly errors: string;
}

/** Runs the program to its end. */
async function start(environment: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN], {
    env: childEnvironment({
      PORT: "0",
      DATABASE_URL: undefined,
      VOUCH_CONFIG: undefined,
      VOUCH_DATA_DIR: join(folder, "data"),
      ...environment,
    }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  // `close` comes when nobody holds the pipe any more: processes left behind would keep it open.
  const [code] = await once(child, "close");
  return { code, errors };
}

/** Processes whose command line names the folder of this test. */
function processesOfTest(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    });
}

writeFileSync(join(folder, "a-file"), "");
writeFileSync(join(folder, "bad.yaml"), "upstreams: 5\n");

describe("a start that cannot succeed says why in one line and ends with status 1", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["a port that is no number", { PORT: "abc" }, /PORT: /],
    ["a database address of another kind", { DATABASE_URL: "foo" }, /DATABASE_URL: must start with/],
    ["a secret that is too short", { VOUCH_SECRET: "short" }, /VOUCH_SECRET: .*32 characters/],
    ["a role that needs a database", { VOUCH_ROLE: "worker" }, /DATABASE_URL: the role worker needs/],
    [
      "a configuration file with a fault",
      { VOUCH_CONFIG: join(folder, "bad.yaml") },
      /bad\.yaml:1: upstreams/,
    ],
    [
      "a data directory below a file",
      { VOUCH_DATA_DIR: join(folder, "a-file", "x") },
      /a-file\/x: cannot be written/,
    ],
    [
      "a data directory that no one can make",
      { VOUCH_DATA_DIR: "/proc/vouch/x" },
      /\/proc\/vouch\/x: cannot be/,
    ],
    [
      "a database that does not answer",
      { DATABASE_URL: "postgres://somebody:secret@127.0.0.1:1/vouch" },
      /DATABASE_URL: the database does not answer/,
    ],
  ])("%s", async (_case, environment, line) => {
    const { code, errors } = await start(environment);
    expect(errors).toMatch(line);
    expect(errors.trimEnd().split("\n")).toHaveLength(1);
    expect(errors).not.toContain("somebody:secret");
    expect(code).toBe(1);
  });

  test("a data directory in use", async () => {
    const dataDir = join(folder, "used");
    const database = forkDatabaseProcess({
      dataDir: join(dataDir, "database"),
      socketDir: socketDirectoryFor(join(dataDir, "database")),
      loadFrom: await emptyDumpPath(),
    });
    try {
      await once(database, "message");
      const { code, errors } = await start({ VOUCH_DATA_DIR: dataDir });
      expect(errors).toMatch(new RegExp(`^[^\\n]+ already in use by process ${database.pid} [^\\n]*\\n$`));
      expect(code).toBe(1);
    } finally {
      database.kill("SIGKILL");
    }
  });

  test("a taken port, and nothing is left running", async () => {
    const busy = createServer().listen(0, "127.0.0.1");
    await once(busy, "listening");
    const { port } = busy.address() as AddressInfo;
    try {
      const { code, errors } = await start({ PORT: String(port) });
      expect(errors).toBe(`vouch: PORT ${port} is taken. Set PORT to a free one\n`);
      expect(code).toBe(1);
      expect(processesOfTest()).toEqual([]);
    } finally {
      busy.close();
    }
  }, 60_000);
});
