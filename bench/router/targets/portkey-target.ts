import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { stopProcess } from "../bench-process.ts";
import { freePort, untilListening } from "./free-port.ts";
import { CHAT_PATH, type MissingTarget, type RunningTarget, type Target } from "./target.ts";

const PINS = join(import.meta.dirname, "..", "portkey");
/** Ignored by git; kept between runs. */
const CACHE = join(import.meta.dirname, "..", "..", "..", ".vouch", "bench-portkey");
const INSTALL_TIMEOUT_MS = 300_000;

/** Portkey's gateway from the npm registry, with the packages its own lockfile names. */
export function portkeyTarget(): Target | MissingTarget {
  try {
    const program = join(install(), "node_modules/@portkey-ai/gateway/build/start-server.js");
    return { name: "portkey", start: (upstreamPort) => start(program, upstreamPort) };
  } catch (error) {
    return { name: "portkey", missing: `npm ci failed: ${error instanceof Error ? error.message : error}` };
  }
}

/** Installs exactly what the lockfile names, without running anything of it; returns the folder. */
function install(): string {
  const lock = readFileSync(join(PINS, "package-lock.json"));
  const folder = join(CACHE, createHash("sha256").update(lock).digest("hex").slice(0, 12));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  cpSync(PINS, unfinished, { recursive: true });
  const npm = join(dirname(process.execPath), "npm");
  const command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync(existsSync(npm) ? npm : "npm", command, {
    cwd: unfinished,
    stdio: ["ignore", "ignore", "inherit"],
    timeout: INSTALL_TIMEOUT_MS,
  });
  renameSync(unfinished, folder);
  return folder;
}

async function start(program: string, upstreamPort: number): Promise<RunningTarget> {
  const port = await freePort();
  const gateway = spawn(process.execPath, [program, "--headless", `--port=${port}`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilListening(port, 30_000);
  return {
    address: {
      port,
      path: CHAT_PATH,
      headers: {
        authorization: "Bearer none",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}/v1`,
      },
    },
    pids: [gateway.pid ?? 0],
    stop: () => stopProcess(gateway),
  };
}
