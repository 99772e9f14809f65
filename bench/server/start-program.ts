import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const PROJECT_DIR = join(import.meta.dirname, "..", "..");
const READY_MS = 300_000;

/** The program and the model behind it, running. */
export interface RunningProgram {
  readonly url: string;
  /** Process under which all of the program runs. */
  readonly pid: number;
  /** The upstream's own address, for what a call costs without Vouch. */
  readonly upstreamUrl: string;
  /** Runs a script of the project on the same data and returns what it prints. */
  runScript(path: string, ...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Model name of the scripted upstream: ten tokens, no delay before or between them. */
export const UPSTREAM_MODEL = "mock_t0_i0_n10";

/** Starts the scripted upstream and the program (as `npm start` does, built pages included) on a data directory. */
export async function startProgram(directory: string): Promise<RunningProgram> {
  mkdirSync(directory, { recursive: true });
  const upstream = spawn(process.execPath, [join(PROJECT_DIR, "e2e/scripted-upstream/run.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const upstreamUrl = JSON.parse(await firstMatch(upstream, /^(\{.*\})$/m)).url as string;
  const configFile = join(directory, "vouch.yaml");
  const target = `{ kind: openai, baseUrl: "${upstreamUrl}/v1" }`;
  const model = `{ name: scripted, kind: chat, upstream: scripted, upstreamModel: ${UPSTREAM_MODEL}, default: true }`;
  writeFileSync(configFile, `upstreams:\n  scripted: ${target}\nmodels:\n  - ${model}\n`);
  const environment = {
    // biome-ignore lint/style/noProcessEnv: the program is started in the environment of the bench.
    ...process.env,
    PORT: "0",
    HOST: "127.0.0.1",
    VOUCH_DATA_DIR: join(directory, "data"),
    VOUCH_CONFIG: configFile,
    LOG_LEVEL: "warn",
  };
  const program = spawn(process.execPath, [join(PROJECT_DIR, "scripts/launch.mjs"), "start"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: environment,
  });
  const port = await firstMatch(program, /Vouch is ready: http:\/\/localhost:(\d+)/);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: program.pid ?? 0,
    upstreamUrl,
    runScript: async (path, ...args) => {
      const { stdout } = await promisify(execFile)(process.execPath, [join(PROJECT_DIR, path), ...args], {
        env: environment,
        maxBuffer: 64 * 1024 ** 2,
      });
      return stdout;
    },
    stop: async () => {
      await ended(program);
      await ended(upstream);
    },
  };
}

/** Waits until a process has printed the pattern and returns its first group. */
function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${printed}`)), READY_MS);
    child.stdout?.on("data", (piece: Buffer) => {
      printed += piece.toString();
      const found = pattern.exec(printed)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}:\n${printed}`)));
  });
}

function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return Promise.resolve();
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  return exit;
}
