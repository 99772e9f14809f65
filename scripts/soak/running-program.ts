import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { childEnvironment } from "../../lib/platform/env.ts";

const PROJECT_DIR = join(import.meta.dirname, "../..");
const START_TIMEOUT_MS = 180_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Main files by process, as their command lines name them. */
const MAINS = {
  web: "web-main.ts",
  worker: "worker-main.ts",
  database: "embedded-database/process.ts",
} as const;

/** A process of the program. */
export type ProcessName = keyof typeof MAINS;

/** The whole program, started as an operator starts it, on a data directory of its own. */
export class RunningProgram {
  readonly #dataDir: string;
  #supervisor: ChildProcess | undefined;
  #port = 0;
  #key = "";

  /** @param dataDir An empty directory; the sample documents are put into it. */
  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Starts it and makes an administrator's key, with the command line, while it runs. */
  async start(): Promise<void> {
    const supervisor = spawn(process.execPath, [join(PROJECT_DIR, "lib/runtime/start.ts")], {
      cwd: PROJECT_DIR,
      env: this.#environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#supervisor = supervisor;
    let output = "";
    supervisor.stdout.on("data", (chunk) => {
      output += chunk;
    });
    this.#port = await until("the program is ready", START_TIMEOUT_MS, async () => {
      if (supervisor.exitCode !== null) throw new Error("The program did not start: see the line above.");
      return Number(/ready: http:\/\/localhost:(\d+)/.exec(output)?.[1]) || undefined;
    });
    const command = [
      "lib/runtime/cli/main.ts",
      "key",
      "create",
      "--name",
      "soak",
      "--role",
      "admin",
      "--json",
    ];
    const created = execFileSync(process.execPath, command, {
      cwd: PROJECT_DIR,
      env: this.#environment(),
      timeout: 60_000,
    });
    const { key }: { key: string } = JSON.parse(created.toString());
    this.#key = key;
  }

  /** SIGTERM; waits for the end of everything and gives the exit code. */
  async stop(): Promise<number | null> {
    const supervisor = this.#supervisor;
    if (supervisor === undefined || supervisor.exitCode !== null) return supervisor?.exitCode ?? null;
    const ended = once(supervisor, "exit");
    supervisor.kill("SIGTERM");
    const [code] = await ended;
    return code;
  }

  /** Kills one process without warning and waits until another one stands in its place. */
  async kill(name: ProcessName): Promise<void> {
    const pid = this.#find(name);
    if (pid === undefined) throw new Error(`There is no ${name} process.`);
    process.kill(pid, "SIGKILL");
    await until(`another ${name} process runs`, START_TIMEOUT_MS, async () => {
      const found = this.#find(name);
      return found !== undefined && found !== pid ? true : undefined;
    });
  }

  /** Waits until readiness says yes. */
  async waitUntilReady(): Promise<void> {
    await until("readiness", START_TIMEOUT_MS, async () => {
      const answer = await this.request("GET", "/api/health/ready").catch(() => null);
      await answer?.body?.cancel();
      return answer?.status === 200 ? true : undefined;
    });
  }

  request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  }

  /** The JSON answer of a request that must succeed. */
  async json<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await this.request(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<Body>;
  }

  /** The child of the supervisor that runs this main. */
  #find(name: ProcessName): number | undefined {
    const supervisor = this.#supervisor?.pid;
    return readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .map(Number)
      .find((pid) => {
        try {
          const status = readFileSync(`/proc/${pid}/stat`, "utf8");
          const [state, parent] = status.slice(status.lastIndexOf(")") + 2).split(" ");
          if (Number(parent) !== supervisor || state === "Z") return false;
          return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(MAINS[name]);
        } catch {
          // It ended while we looked.
          return false;
        }
      });
  }

  #environment(): NodeJS.ProcessEnv {
    return childEnvironment({
      VOUCH_DATA_DIR: this.#dataDir,
      VOUCH_BUILTIN_PACE_MS: "120",
      PORT: "0",
      LOG_LEVEL: "silent",
      DATABASE_URL: undefined,
      PUBLIC_URL: undefined,
      VOUCH_ROLE: undefined,
    });
  }
}

/** Asks again until there is a value. */
export async function until<Value>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`After ${timeoutMs / 1000} s still not: ${what}.`);
    await wait(100);
  }
}
