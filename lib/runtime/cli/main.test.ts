import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase, setDatabase } from "../../platform/db/index.ts";
import { migrateDatabase } from "../../platform/db/migrate.ts";
import { socketDirectoryFor, startEmbeddedDatabase } from "../../platform/embedded-database/index.ts";
import { emptyDump } from "../../platform/embedded-database/test-support.ts";
import { childEnvironment } from "../../platform/env.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), "vouch-command-"));

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the command line as an operator does, with the logging an operator has. */
async function vouch(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: childEnvironment({ VOUCH_DATA_DIR: dataDir, LOG_LEVEL: "info", DATABASE_URL: undefined }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output, errors };
}

/** A database with an administrator, as the first start leaves it. */
beforeAll(async () => {
  const database = join(dataDir, "database");
  const server = await startEmbeddedDatabase({
    dataDir: database,
    socketDir: socketDirectoryFor(database),
    loadFrom: await emptyDump(),
  });
  await migrateDatabase({ socketPath: server.socketPath });
  const pool = connectDatabase({ socketPath: server.socketPath });
  setDatabase(pool);
  const { ensureFirstRun } = await import("../../identity/index.ts");
  await ensureFirstRun({ adminEmail: "operator@example.org", adminPassword: "a long enough password" });
  await pool.close();
  await server.close();
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe("the command line while the program does not run", () => {
  test("adds a file and answers from it, with nothing but JSON on standard output", async () => {
    const file = join(dataDir, "heron.txt");
    writeFileSync(file, "The heron gate was painted blue on 4 May 2026 by the harbour crew.\n");
    const ingested = await vouch("ingest", file, "--json");
    expect(ingested).toMatchObject({ code: 0, errors: "" });
    expect(JSON.parse(ingested.output)).toMatchObject({ documents: [{ path: file, state: "ready" }] });
    expect(JSON.parse((await vouch("ingest", file, "--json")).output)).toMatchObject({
      documents: [{ path: file, state: "ready", change: "unchanged" }],
    });

    const asked = await vouch("ask", "When was the heron gate painted?", "--json");
    expect(asked).toMatchObject({ code: 0, errors: "" });
    expect(JSON.parse(asked.output).text).toContain("4 May 2026");
    // Three programs of their own, each with a database to start.
  }, 120_000);

  test("says which files of a folder could not be read, with status 2", async () => {
    const folder = join(dataDir, "folder");
    mkdirSync(folder);
    writeFileSync(join(folder, "good.md"), "# Good\n\nThis one can be read.\n");
    writeFileSync(join(folder, "broken.pdf"), "%PDF-1.7 broken");
    const { code, output, errors } = await vouch("ingest", folder, "--collection", "Folder");
    expect({ code, errors }).toEqual({ code: 2, errors: "" });
    expect(output).toContain("1 of 2 documents are as they should be.");
    expect(output).toMatch(/ {2}\S*broken\.pdf: .*damaged/);
  }, 120_000);

  test("says in words what it does not know, on standard error, with status 1", async () => {
    const { code, output, errors } = await vouch("nonsense");
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(/^vouch: There is no command "nonsense"\.\n/);
  });
});
