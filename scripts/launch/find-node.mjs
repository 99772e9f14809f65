import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.mjs";

/** The oldest Node that runs TypeScript files as they are and has what the packages need. */
const OLDEST_NODE = [22, 18];

/** The Node fetched when the machine's own is older: an exact package of the registry, without install script. */
const FETCHED_NODE = "24.21.0";

/** True for a Node version that can run the program. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/** How npm is called: the one that started us, or the one on the path. */
export function npmCommand(node) {
  const script = process.env.npm_execpath;
  return script?.endsWith(".js") ? { file: node, args: [script] } : { file: "npm", args: [] };
}

/** Ends the program with one line that names what is wrong and how to mend it. */
export function fail(line) {
  process.stderr.write(`vouch: ${line}\n`);
  process.exit(1);
}

/**
 * Path of a Node that can run the program: the running one, the one fetched before, or one fetched now.
 * A second start needs no network.
 */
export async function findNode(projectDir) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const folder = join(projectDir, ".node");
  const packageName = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const binary = join(
    folder,
    "node_modules",
    packageName,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (isWorking(binary)) return binary;
  process.stdout.write(`Node ${process.versions.node} is too old: fetching Node ${FETCHED_NODE} (once)\n`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}\n');
  } catch {
    fail(
      `cannot write to ${projectDir}: make the folder writable, or install Node ${OLDEST_NODE.join(".")} or newer`,
    );
  }
  const npm = npmCommand(process.execPath);
  const args = ["install", "--prefix", folder, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  const result = await runCommand(npm.file, [...npm.args, ...args, `${packageName}@${FETCHED_NODE}`], {
    cwd: folder,
    timeoutMs: 180_000,
  });
  if (!isWorking(binary)) {
    const reason = result.stderr.split("\n").find((line) => line.includes("code")) ?? "";
    fail(
      `cannot fetch Node ${FETCHED_NODE} ${reason}: install Node ${OLDEST_NODE.join(".")} or newer and start again`,
    );
  }
  return binary;
}

function isWorking(binary) {
  return existsSync(binary) && spawnSync(binary, ["--version"], { timeout: 20_000 }).status === 0;
}
