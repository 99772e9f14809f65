/**
 * Runs the program under a Node that is new enough, with its packages installed. Plain JavaScript for any Node from
 * 20.20: this file and its folder are all that an old Node sees.
 *
 *   node scripts/launch.mjs start            the program
 *   node scripts/launch.mjs run FILE [ARG…]  a script of the project
 *
 * Ends with the program's own exit code: 0 after Ctrl-C or SIGTERM once everything ended in order, 1 when the start
 * failed; 128 + signal when a signal came while packages or pages were still being made.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPages } from "./launch/build.mjs";
import { findNode } from "./launch/find-node.mjs";
import { installPackages } from "./launch/install.mjs";
import { runProgram } from "./launch/run-program.mjs";

const projectDir = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = "start", ...rest] = process.argv.slice(2);
const isStart = command !== "run";

const node = await findNode(projectDir);
await installPackages(projectDir, node);
if (isStart) await buildPages(projectDir, node);

const [script = "", ...args] = isStart ? [join("lib", "runtime", "start.ts")] : rest;
// A router by itself runs in this very process: lib/runtime/web-node-options.ts has the same options and says why.
const isRouter = isStart && process.env.VOUCH_ROLE === "router";
const routerOptions = [
  "--max-semi-space-size=8",
  "--initial-old-space-size=48",
  "--no-parallel-scavenge",
  "--heap-growing-percent=50",
];
const nodeOptions = ["--disable-warning=ExperimentalWarning", ...(isRouter ? routerOptions : [])];
runProgram(node, [...nodeOptions, join(projectDir, script), ...args], {
  hasChannel: isStart,
  // Scripts of `run` see paths as the person typed them; the program itself lives in its own folder.
  cwd: isStart ? projectDir : process.cwd(),
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` },
});
