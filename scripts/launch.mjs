/**
 * Runs the program under a Node that is new enough, with its packages installed. Plain JavaScript for any Node from
 * 20.20: this file and its folder are all that an old Node sees.
 *
 *   node scripts/launch.mjs start            the program
 *   node scripts/launch.mjs run FILE [ARG…]  a script of the project
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPages } from "./launch/build.mjs";
import { findNode } from "./launch/find-node.mjs";
import { installPackages } from "./launch/install.mjs";

const projectDir = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = "start", ...rest] = process.argv.slice(2);

const node = findNode(projectDir);
installPackages(projectDir, node);
if (command === "start") buildPages(projectDir, node);

const [script = "", ...args] = command === "run" ? rest : [join("lib", "runtime", "start.ts")];
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(projectDir, script), ...args], {
  stdio: "inherit",
  // Scripts of `run` see paths as the person typed them; the program itself lives in its own folder.
  cwd: command === "run" ? process.cwd() : projectDir,
  env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` },
});

// A terminal sends Ctrl-C to the whole group, so the child may hear it twice: it counts the first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`vouch: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) =>
  process.exit(code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 15)),
);
