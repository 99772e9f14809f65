import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "./find-node.mjs";

/** What the web pages are made from. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "drizzle",
  "public",
  "docs/samples/suggested-questions.json",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

function addToHash(hash, path, label) {
  if (!existsSync(path)) return;
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    hash.update(label).update("\0").update(readFileSync(path)).update("\0");
    return;
  }
  for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    if (/\.test\.tsx?$/.test(entry.name)) continue;
    addToHash(hash, join(path, entry.name), `${label}/${entry.name}`);
  }
}

/** A hash of everything the build reads: equal hash, equal build. */
function hashSources(projectDir) {
  const hash = createHash("sha256").update(process.platform);
  for (const source of SOURCES) addToHash(hash, join(projectDir, source), source);
  return hash.digest("hex");
}

/** Builds the web pages when a source changed since the last build. */
export function buildPages(projectDir, node) {
  const wanted = hashSources(projectDir);
  const stamp = join(projectDir, ".next", "vouch-sources");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stdout.write("Building the pages (once per change)\n");
  rmSync(stamp, { force: true });
  const next = join(projectDir, "node_modules", "next", "dist", "bin", "next");
  const result = spawnSync(node, [next, "build"], {
    cwd: projectDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    timeout: 900_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ""}\n${result.stderr ?? ""}\n`);
    fail("the pages could not be built: see above");
  }
  writeFileSync(stamp, wanted);
}
