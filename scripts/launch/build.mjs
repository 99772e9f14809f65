import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "./find-node.mjs";
import { runCommand } from "./run-command.mjs";

/** What the web pages are made from. Not tsconfig.json: the build rewrites it, and would follow upon itself. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "drizzle",
  "public",
  "docs/samples/suggested-questions.json",
  "next.config.ts",
  "postcss.config.mjs",
  "package-lock.json",
];

/** What the build itself writes among them: copies of files of a locked package. */
const WRITTEN_BY_BUILD = "public/pdfjs";

function addToHash(hash, path, label) {
  if (label === WRITTEN_BY_BUILD || !existsSync(path)) return;
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
export async function buildPages(projectDir, node) {
  const wanted = hashSources(projectDir);
  const stamp = join(projectDir, ".next", "vouch-sources");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stdout.write("Building the pages (once per change)\n");
  rmSync(stamp, { force: true });
  const next = join(projectDir, "node_modules", "next", "dist", "bin", "next");
  const result = await runCommand(node, [next, "build"], {
    cwd: projectDir,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    timeoutMs: 900_000,
  });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}\n${result.stderr}\n`);
    fail("the pages could not be built: see above");
  }
  writeFileSync(stamp, wanted);
}
