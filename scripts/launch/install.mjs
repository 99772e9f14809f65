import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail, npmCommand } from "./find-node.mjs";
import { runCommand } from "./run-command.mjs";

/** Installs the exact packages of the lockfile, once per lockfile; a second start finds them and needs no network. */
export async function installPackages(projectDir, node) {
  const lockfile = readFileSync(join(projectDir, "package-lock.json"));
  const wanted = createHash("sha256").update(lockfile).digest("hex");
  const stamp = join(projectDir, "node_modules", ".vouch-lockfile");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stdout.write("Installing packages (once)\n");
  const npm = npmCommand(node);
  const result = await runCommand(
    npm.file,
    [...npm.args, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    {
      cwd: projectDir,
      // npm starts helpers by name: they must find the new Node first.
      env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}`, NODE_ENV: "development" },
      timeoutMs: 600_000,
    },
  );
  if (result.status !== 0) {
    const reason = result.stderr.split("\n").find((line) => /error (?:code|[A-Z])/.test(line)) ?? "";
    fail(
      `packages could not be installed (${reason.trim() || "npm ci failed"}): check the network and start again`,
    );
  }
  try {
    writeFileSync(stamp, wanted);
  } catch {
    fail(`cannot write to ${join(projectDir, "node_modules")}: make the folder writable and start again`);
  }
}
