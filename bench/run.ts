/**
 * `npm run bench` lists the benchmarks; `npm run bench -- NAME [ARG…]` runs one with its own arguments.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [name, ...args] = process.argv.slice(2);

/** Benchmarks are the folders with a run.ts; their first comment says what they measure. */
function findBenchmarks(): Map<string, string> {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, "run.ts")),
  );
  return new Map(
    folders
      .map(({ name: folder }): [string, string] => [folder, join(import.meta.dirname, folder, "run.ts")])
      .toSorted(([left], [right]) => left.localeCompare(right)),
  );
}

/** The first sentence of a file's first comment. */
function firstSentence(path: string): string {
  const comment = /\/\*\*(.*?)\*\//s.exec(readFileSync(path, "utf8"))?.[1] ?? "";
  const text = comment.replaceAll(/\s*\n\s*\*?\s*/g, " ").trim();
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text;
}

function printList(benchmarks: ReadonlyMap<string, string>): void {
  console.log("Benchmarks; each writes or has a results.md beside it:\n");
  for (const [known, path] of benchmarks) {
    console.log(`  npm run bench -- ${known}\n      ${firstSentence(path)}`);
  }
  console.log(
    "\nMost take --data DIR, the folder of the public development sets. What they need: bench/README.md",
  );
}

const benchmarks = findBenchmarks();
const script = name === undefined ? undefined : benchmarks.get(name);
if (script !== undefined) {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script, ...args], {
    stdio: "inherit",
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (code) => process.exit(code ?? 1));
} else {
  if (name !== undefined) console.error(`There is no benchmark "${name}".\n`);
  printList(benchmarks);
  process.exitCode = name === undefined ? 0 : 1;
}
