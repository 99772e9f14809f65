import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Backend } from "./backend.ts";
import { openEngine } from "./open-engine.ts";

const CACHE_DIRECTORY = fileURLToPath(new URL("../../../node_modules/.cache/vouch", import.meta.url));

/**
 * For tests: the path of a dump of a freshly created, empty database. Starting from it takes a fraction of the
 * seconds a creation takes. Kept between runs, by version of the engine.
 */
export async function emptyDumpPath(): Promise<string> {
  const manifest = new URL("../../../node_modules/@electric-sql/pglite/package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  const path = `${CACHE_DIRECTORY}/empty-database-${version}.tar.gz`;
  if (existsSync(path)) return path;
  const backend = new Backend(await openEngine(null));
  await backend.query("CHECKPOINT");
  const dump = Buffer.from(await (await backend.dumpDataDir()).arrayBuffer());
  await backend.close();
  await mkdir(CACHE_DIRECTORY, { recursive: true });
  // Written whole or not at all: several test files may be here at once.
  await writeFile(`${path}.${process.pid}`, dump);
  await rename(`${path}.${process.pid}`, path);
  return path;
}

/** For tests: that dump itself, for `loadFrom`. */
export async function emptyDump(): Promise<Buffer> {
  return readFile(await emptyDumpPath());
}
