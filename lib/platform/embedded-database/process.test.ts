import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseReadySchema } from "./process-arguments.ts";
import { preparePrivateDirectory, socketDirectoryFor } from "./socket-directory.ts";
import { startEmbeddedDatabase } from "./start-embedded-database.ts";
import { STATEMENT_TIMES_REQUEST, statementTimesMessageSchema } from "./statement-times.ts";
import { emptyDump, emptyDumpPath } from "./test-support.ts";

let directory: string;
let loadFrom: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "vouch-process-"));
  loadFrom = await emptyDumpPath();
});

afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(directory, { recursive: true });
});

/** Like `forkDatabaseProcess`, with standard error kept for the test to read. */
function start(dataDir: string): {
  child: ChildProcess;
  ready: Promise<string>;
  exit: Promise<[number, string]>;
} {
  const settings = JSON.stringify({ dataDir, socketDir: socketDirectoryFor(dataDir), loadFrom });
  const main = fileURLToPath(new URL("./process.ts", import.meta.url));
  const child = fork(main, [settings], { execArgv: ["--stack-size=3900"], silent: true });
  running.add(child);
  let complaint = "";
  child.stderr?.on("data", (chunk) => {
    complaint += chunk;
  });
  // Not "close": after a disconnect by the parent, Node never sends it.
  const stderrEnd = new Promise((resolve) => child.stderr?.once("end", resolve));
  const exit = Promise.all([once(child, "exit"), stderrEnd]).then(([[code]]): [number, string] => {
    running.delete(child);
    return [code as number, complaint];
  });
  const ready = once(child, "message").then(([message]) => databaseReadySchema.parse(message).socketPath);
  return { child, ready, exit };
}

async function query(socketPath: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres({ path: socketPath, user: "tester", database: "any", max: 1 } as never);
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

describe("the database process", { timeout: 120_000 }, () => {
  it("keeps its data through SIGTERM and SIGKILL, and two never share a directory", async () => {
    const dataDir = join(directory, "kept");
    const first = start(dataDir);
    await query(await first.ready, "create table t (a int); insert into t values (1)");

    const second = start(dataDir);
    const [code, complaint] = await second.exit;
    expect([code, complaint.trim().split("\n").length]).toEqual([1, 1]);
    expect(complaint).toContain(`already in use by process ${first.child.pid}`);

    first.child.kill("SIGTERM");
    expect((await first.exit)[0]).toBe(0);
    expect(await readdir(directory)).toEqual(["kept", "kept.socket"]);

    const third = start(dataDir);
    await query(await third.ready, "insert into t values (2)");
    third.child.kill("SIGKILL");
    await third.exit;

    const fourth = start(dataDir);
    expect(await query(await fourth.ready, "select a from t order by a")).toEqual([{ a: 1 }, { a: 2 }]);
    fourth.child.disconnect();
    expect((await fourth.exit)[0]).toBe(0);
  });

  it("tells its parent how long single statements took since it was last asked", async () => {
    const { child, ready } = start(join(directory, "times"));
    const socketPath = await ready;
    const ask = async () => {
      const answer = once(child, "message");
      child.send(STATEMENT_TIMES_REQUEST);
      return statementTimesMessageSchema.parse((await answer)[0]).times;
    };
    await ask();
    await query(socketPath, "select count(*) from generate_series(1, 2000000)");
    const times = await ask();
    expect(times.count).toBeGreaterThan(0);
    expect(times.longestMs).toBeGreaterThan(0);
    expect(times.longCount).toBe(times.longestMs > 100 ? 1 : 0);
    expect(await ask()).toEqual({ count: 0, longCount: 0, longestMs: 0 });
    child.disconnect();
  });

  it("ends with one line and code 1 when the engine is lost, and the next one goes on", async () => {
    const dataDir = join(directory, "crash");
    const first = start(dataDir);
    const socketPath = await first.ready;
    await query(socketPath, "create table t (a int); insert into t values (1)");
    await expect(
      query(socketPath, "select (repeat('[', 300000) || repeat(']', 300000))::json"),
    ).rejects.toThrow();
    const [code, complaint] = await first.exit;
    expect([code, complaint.trim().split("\n").length]).toEqual([1, 1]);
    const second = start(dataDir);
    expect(await query(await second.ready, "select a from t")).toEqual([{ a: 1 }]);
    second.child.kill("SIGTERM");
    await second.exit;
  });

  it("turns runaway recursion into an ordinary error", async () => {
    const { child, ready, exit } = start(join(directory, "recursion"));
    const socketPath = await ready;
    const recursive =
      "create function f(i int) returns int language plpgsql as 'begin return f(i + 1); end'; select f(1)";
    await expect(query(socketPath, recursive)).rejects.toMatchObject({ code: "54001" });
    await expect(query(socketPath, `select 1${"+1".repeat(50_000)}`)).rejects.toMatchObject({
      code: "54001",
    });
    expect(await query(socketPath, "select 1 as alive")).toEqual([{ alive: 1 }]);
    child.kill("SIGTERM");
    await exit;
  });

  it("refuses a directory it cannot write to, or that holds something else", async () => {
    const blocked = join(directory, "file");
    await writeFile(blocked, "");
    const unwritable = start(join(blocked, "database"));
    expect(await unwritable.exit).toEqual([
      1,
      expect.stringMatching(/^Embedded database: Cannot write to .*\n$/),
    ]);

    const foreign = join(directory, "foreign");
    await mkdir(foreign);
    await writeFile(join(foreign, "letter.txt"), "dear");
    const [code, complaint] = await start(foreign).exit;
    expect([code, complaint]).toEqual([1, expect.stringContaining("holds files but no database")]);
    expect(await readFile(join(foreign, "letter.txt"), "utf8")).toBe("dear");
  });

  it("begins again when its creation was cut short", async () => {
    const dataDir = join(directory, "half");
    await mkdir(dataDir);
    await writeFile(join(dataDir, "PG_VERSION"), "18");
    await writeFile(`${dataDir}.creating`, "");
    const { child, ready, exit } = start(dataDir);
    expect(await query(await ready, "select 1 as alive")).toEqual([{ alive: 1 }]);
    child.kill("SIGTERM");
    expect((await exit)[0]).toBe(0);
  });
});

describe("the lock of a data directory", { timeout: 120_000 }, () => {
  it("is taken over from a process that is gone, or whose number another process has now", async () => {
    const dump = await emptyDump();
    const dataDir = join(directory, "stale");
    const deadProcess = fork("", [], { execArgv: ["--eval", ""], silent: true });
    await once(deadProcess, "close");
    const { hostname } = await import("node:os");
    for (const pid of [deadProcess.pid, process.pid]) {
      const holder = { id: "x", pid, host: hostname(), startedAt: "another boot:1" };
      await writeFile(`${dataDir}.lock`, JSON.stringify(holder));
      const database = await startEmbeddedDatabase({
        dataDir,
        socketDir: socketDirectoryFor(dataDir),
        loadFrom: dump,
      });
      await database.close();
    }
  });

  it("lets exactly one of several that start at once through", async () => {
    const dump = await emptyDump();
    const dataDir = join(directory, "race");
    await writeFile(`${dataDir}.lock`, "{ half a lo");
    const starts = Array.from({ length: 4 }, () =>
      startEmbeddedDatabase({ dataDir, socketDir: socketDirectoryFor(dataDir), loadFrom: dump }),
    );
    const outcomes = await Promise.allSettled(starts);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") await outcome.value.close();
  });
});

describe("the socket directory", () => {
  it("lies beside the data, or in a short private one when that path is too long", () => {
    expect(socketDirectoryFor("/srv/vouch/database")).toBe("/srv/vouch/database.socket");
    const long = socketDirectoryFor(`/srv/${"x".repeat(100)}/database`);
    expect(long.startsWith(join(tmpdir(), "vouch-"))).toBe(true);
    expect(long).toBe(socketDirectoryFor(`/srv/${"x".repeat(100)}/database`));
    expect(long).not.toBe(socketDirectoryFor(`/srv/${"y".repeat(100)}/database`));
  });

  it("is closed to others, and refused when it is a link or too deep", async () => {
    const open = join(directory, "open");
    await mkdir(open);
    await chmod(open, 0o777);
    await preparePrivateDirectory(open);
    const { stdout } = await promisify((await import("node:child_process")).execFile)("ls", ["-ld", open]);
    expect(stdout.startsWith("drwx------")).toBe(true);
    await symlink(open, join(directory, "link"));
    await expect(preparePrivateDirectory(join(directory, "link"))).rejects.toThrow("is not a directory");
    await expect(preparePrivateDirectory(`/tmp/${"x".repeat(100)}`)).rejects.toThrow("too long");
  });
});
