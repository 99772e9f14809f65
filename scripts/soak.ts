/**
 * `npm run soak` runs the long fault tests with full counts one after the other, and fails if any fails;
 * `npm run soak -- NAME [ARG…]` runs one with its own arguments.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runSteps, type Step } from "./run-steps.ts";

/** Names with their full counts; the script of a name is `soak-NAME.ts` in this folder. */
const FULL_COUNTS: Readonly<Record<string, readonly string[]>> = {
  database: ["--operations", "10000"],
  program: [],
  router: [],
  ingest: [],
};

const [name, ...given] = process.argv.slice(2);
const scripts = new Map(
  Object.keys(FULL_COUNTS)
    .map((known): [string, string] => [known, join(import.meta.dirname, `soak-${known}.ts`)])
    .filter(([, path]) => existsSync(path)),
);

if (name !== undefined && !scripts.has(name)) {
  console.error(`There is no soak "${name}". There are: ${[...scripts.keys()].join(", ")}`);
  process.exit(1);
}

const chosen = name === undefined ? [...scripts.keys()] : [name];
const steps = chosen.map((known): Step => {
  const args = given.length > 0 ? given : (FULL_COUNTS[known] ?? []);
  return { name: `soak: ${known}`, command: [process.execPath, scripts.get(known) ?? "", ...args] };
});
process.exitCode = (await runSteps(steps)) ? 0 : 1;
