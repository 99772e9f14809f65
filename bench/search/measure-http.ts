import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSet } from "../builtin-answers/load-set.ts";
import { measureProcessors } from "../server/processor-time.ts";
import { type RunningProgram, startProgram } from "../server/start-program.ts";
import { percentile } from "./evaluate-ranking.ts";
import type { SearchFigures } from "./measure-search.ts";

/** Each reader may search 600 times a minute. */
const READERS = 4;

/**
 * `POST /api/search` of the whole program, with an API key, over the abstracts of SciFact that were uploaded to it.
 *
 * @param warmUp questions asked before: V8 compiles what it runs during the first hundreds.
 */
export async function measureHttp(
  data: string,
  store: string | undefined,
  queries: readonly string[],
  warmUp: readonly string[],
): Promise<SearchFigures> {
  const directory = store ?? mkdtempSync(join(tmpdir(), "vouch-bench-search-"));
  const program = await startProgram(directory);
  try {
    const keys = await loadOnce(program, directory, data);
    const ask = (query: string, index: number) => post(program.url, keys[index % keys.length] ?? "", query);
    for (const [index, query] of warmUp.entries()) await ask(query, index);
    const processors = measureProcessors(program.pid);
    const times: number[] = [];
    for (const [index, query] of queries.entries()) times.push(await ask(query, index));
    const { web, database } = processors(times.length);
    return {
      label: "POST /api/search",
      count: times.length,
      p50Ms: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      maxMs: Math.max(...times),
      ownMs: web,
      databaseMs: database,
      steps: "",
    };
  } finally {
    await program.stop();
    if (store === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

/** The time until the whole answer is there. */
async function post(url: string, key: string, query: string): Promise<number> {
  const startMs = performance.now();
  const response = await fetch(`${url}/api/search`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(60_000),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`a search was answered ${response.status}: ${answer.slice(0, 200)}`);
  return performance.now() - startMs;
}

async function loadOnce(program: RunningProgram, directory: string, data: string): Promise<string[]> {
  const [folder, keyFile, done] = ["documents", "keys.json", "ingested"].map((name) => join(directory, name));
  if (folder === undefined || keyFile === undefined || done === undefined) return [];
  if (!existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    for (const { id, title, text } of loadSet(data, "scifact").documents) {
      writeFileSync(join(folder, `${id}.md`), `# ${title}\n\n${text}\n`);
    }
    await program.runScript(
      "lib/runtime/cli/main.ts",
      "ingest",
      folder,
      "--collection",
      "Abstracts",
      "--json",
    );
    writeFileSync(done, "");
  }
  if (!existsSync(keyFile)) {
    writeFileSync(keyFile, await program.runScript("bench/server/make-keys.ts", String(READERS)));
  }
  return JSON.parse(readFileSync(keyFile, "utf8")) as string[];
}
