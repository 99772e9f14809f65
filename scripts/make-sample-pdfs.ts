import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkDataset } from "./sample-content/check-dataset.ts";
import { readSource } from "./sample-content/read-source.ts";
import { typeset } from "./sample-content/typeset.ts";

/** Folder of the invented case file, seen from the repository. */
const CASE_DIR = join(import.meta.dirname, "../docs/samples/ostermoor-cold-store");

/** Sets every source text of the case file; the same sources give the same bytes. */
export async function makeSamplePdfs(): Promise<{ path: string; bytes: Uint8Array }[]> {
  const sources = (await readdir(join(CASE_DIR, "sources"))).filter((name) => name.endsWith(".txt")).sort();
  return Promise.all(
    sources.map(async (name) => ({
      path: join(CASE_DIR, name.replace(/\.txt$/, ".pdf")),
      bytes: await typeset(readSource(await readFile(join(CASE_DIR, "sources", name), "utf8"))),
    })),
  );
}

/** Names each committed PDF that differs from what its source gives, or is missing. */
export async function staleSamplePdfs(): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, bytes } of await makeSamplePdfs()) {
    const committed = await readFile(path).catch(() => null);
    if (!committed || Buffer.compare(committed, bytes) !== 0) stale.push(path);
  }
  return stale;
}

async function main(): Promise<void> {
  if (process.argv.includes("--check")) {
    const stale = (await staleSamplePdfs()).map((path) => `out of date: ${path}`);
    const problems = [...stale, ...(await checkDataset())];
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    process.exitCode = problems.length > 0 ? 1 : 0;
    return;
  }
  for (const { path, bytes } of await makeSamplePdfs()) {
    await writeFile(path, bytes);
    process.stdout.write(`${path} ${bytes.length} bytes\n`);
  }
}

if (import.meta.main) await main();
