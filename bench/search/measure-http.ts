import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSet } from "../builtin-answers/load-set.ts";
import { measureProcessors } from "../server/processor-time.ts";
import { type RunningProgram, startProgram } from "../server/start-program.ts";
import { type SearchFigures, spreadOf, WARM_UP_ROUNDS } from "./measure-search.ts";

/** Each reader may search 600 times a minute. */
const READERS = 4;

/**
 * `POST /api/search` of the whole program, with an API key, over the abstracts of SciFact that were uploaded to it.
 *
 * @param warmUp questions asked before.
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
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
      for (const [index, query] of warmUp.entries()) await ask(query, index);
    }
    const processors = measureProcessors(program.pid);
    const times: number[] = [];
    for (const [index, query] of queries.entries()) times.push(await ask(query, index));
    const { web, database } = processors(times.length);
    return {
      label: "POST /api/search",
      ...spreadOf(times),
      ownMs: web,
      databaseMs: database,
      steps: "",
    };
  } finally {
    await program.stop();
    if (store === undefined) rmSync(directory, { recursive: true, force: true });
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The time until the whole answer is there. `fetch` would take the asker .8 ms more, which is no part of a search. */
function post(url: string, key: string, query: string): Promise<number> {
  const startMs = performance.now();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const options = { method: "POST", agent, headers, timeout: 60_000 };
    const asked = request(`${url}/api/search`, options, (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        answer += piece;
      });
      response.on("end", () => {
        if (response.statusCode === 200) resolve(performance.now() - startMs);
        else reject(new Error(`a search was answered ${response.statusCode}: ${answer.slice(0, 200)}`));
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("a search was not answered in time")));
    asked.on("error", reject);
    asked.end(JSON.stringify({ query }));
  });
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
