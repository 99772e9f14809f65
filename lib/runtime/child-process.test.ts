import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { childEnvironment } from "../platform/env.ts";
import { ChildStartError, SupervisedChild } from "./child-process.ts";

const SHUTDOWN_MODULE = new URL("./shutdown.ts", import.meta.url).href;
const CHILD_MODULE = new URL("./child-process.ts", import.meta.url).href;

let folder = "";
const running: SupervisedChild[] = [];

/** A main that notes its process id, says it is ready and lives until it is told to stop. */
const LIVING_MAIN = `
import { appendFileSync } from "node:fs";
import { onShutdown } from ${JSON.stringify(SHUTDOWN_MODULE)};
onShutdown(async () => {});
appendFileSync(process.env.PIDS, process.pid + "\\n");
setInterval(() => {}, 1000);
process.send({ type: "ready" });
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vouch-child-"));
});

afterEach(async () => {
  for (const child of running.splice(0)) await child.stop(2_000);
  rmSync(folder, { recursive: true, force: true });
});

function writeMain(source: string): URL {
  const path = join(folder, "main.mjs");
  writeFileSync(path, source);
  return pathToFileURL(path);
}

function superviseMain(source: string, onReady = () => {}): SupervisedChild {
  const environment = childEnvironment({ PIDS: join(folder, "pids") });
  const child = new SupervisedChild({ name: "worker", main: writeMain(source), environment, onReady });
  running.push(child);
  return child;
}

function notedPids(): number[] {
  try {
    return readFileSync(join(folder, "pids"), "utf8").trim().split("\n").map(Number);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a supervised child", () => {
  test("that is killed is started again, under another process id", async () => {
    const onReady = vi.fn();
    const child = superviseMain(LIVING_MAIN, onReady);
    await child.start();
    const [first = 0] = notedPids();
    process.kill(first, "SIGKILL");
    await vi.waitFor(() => expect(onReady).toHaveBeenCalledTimes(2), { timeout: 10_000 });
    expect(isAlive(first)).toBe(false);
    expect(child.pid).toBe(notedPids()[1]);
    expect(child.pid).not.toBe(first);
  });

  test("that is told to stop ends and stays away", async () => {
    const child = superviseMain(LIVING_MAIN);
    await child.start();
    await child.stop(5_000);
    expect(notedPids().map(isAlive)).toEqual([false]);
  });

  test("that does not listen is ended by force after the deadline", async () => {
    const child = superviseMain(
      `process.on("SIGTERM", () => {});${LIVING_MAIN.replace(/onShutdown\(.*/, "")}`,
    );
    await child.start();
    await child.stop(100);
    expect(notedPids().map(isAlive)).toEqual([false]);
  });

  test("that ends before it is ready fails the start, having said why itself", async () => {
    const failure = await superviseMain("process.exit(1)")
      .start()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ChildStartError);
    expect(failure).toMatchObject({ hasSaidWhy: true });
  });

  test("that is killed before it is ready fails the start with the signal's name", async () => {
    const failure = await superviseMain('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)')
      .start()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ hasSaidWhy: false, message: expect.stringContaining("SIGKILL") });
  });

  test.each([
    ["ready", LIVING_MAIN],
    ["still starting", LIVING_MAIN.replace(/process\.send.*/, "")],
  ])("that is %s ends by itself when the supervisor is killed", async (_state, source) => {
    const main = writeMain(source);
    const supervisor = join(folder, "supervisor.mjs");
    writeFileSync(
      supervisor,
      `import { SupervisedChild } from ${JSON.stringify(CHILD_MODULE)};
         const main = new URL(${JSON.stringify(main.href)});
         new SupervisedChild({ name: "worker", main, environment: process.env }).start();`,
    );
    const parent: ChildProcess = spawn(process.execPath, [supervisor], {
      env: childEnvironment({ PIDS: join(folder, "pids") }),
      stdio: "ignore",
    });
    await vi.waitFor(() => expect(notedPids()).toHaveLength(1), { timeout: 10_000 });
    parent.kill("SIGKILL");
    await vi.waitFor(() => expect(notedPids().map(isAlive)).toEqual([false]), { timeout: 10_000 });
  });
});

test("a child that is ready is told to read its configuration again, one that is not is left alone", async () => {
  const noted = () => {
    try {
      return readFileSync(join(folder, "hang-ups"), "utf8");
    } catch {
      return "";
    }
  };
  const child = superviseMain(`
import { appendFileSync } from "node:fs";
import { onShutdown } from ${JSON.stringify(SHUTDOWN_MODULE)};
onShutdown(async () => {}, { onHangUp: () => appendFileSync(process.env.PIDS.replace(/pids$/, "hang-ups"), "x") });
setInterval(() => {}, 1000);
process.send({ type: "ready" });
`);
  const started = child.start();
  child.hangUp();
  await started;
  const { pid } = child;
  child.hangUp();
  await vi.waitFor(() => expect(noted()).toBe("x"), 5_000);
  expect(child.pid).toBe(pid);
});
