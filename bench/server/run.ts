/**
 * Time that the server adds until the first text of an answer: a model that answers at once (scripted upstream),
 * 5,000 documents in the embedded database, a real HTTP client with an API key, each question in a new conversation.
 *
 *   node bench/server/run.ts --data DIR [--documents 5000] [--requests 200] [--store DIR] [--out FILE]
 *
 * `--store` keeps the loaded database there and takes it again in the next run.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadSet } from "../builtin-answers/load-set.ts";
import { measureProcessors } from "./processor-time.ts";
import { report } from "./report.ts";
import { type RunningProgram, startProgram, UPSTREAM_MODEL } from "./start-program.ts";
import { type AnswerTimes, timeAnswer, timeUpstream } from "./time-answer.ts";

/** Each reader may ask 60 questions a minute; more readers than questions at once keep every run below that. */
const READERS = 24;
const AT_ONCE = 10;
const WARM_UP = 40;

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    documents: { type: "string", default: "5000" },
    requests: { type: "string", default: "200" },
    store: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname, "results.md") },
  },
});

const documentCount = Number(values.documents);
const requestCount = Number(values.requests);
const set = loadSet(values.data, "scifact");
const directory = values.store ?? mkdtempSync(join(tmpdir(), "vouch-bench-server-"));
const program = await startProgram(directory);
try {
  const keys = await loadOnce(program);
  let next = 0;
  const ask = () => {
    const question = set.queries[next % set.queries.length]?.text ?? "";
    const key = keys[next % keys.length] ?? "";
    next += 1;
    return timeAnswer(program.url, key, question);
  };
  console.log("warming up");
  await inParallel(2, WARM_UP, ask);
  const loadAtStart = loadavg()[0] ?? 0;
  const processorsAlone = measureProcessors(program.pid);
  const alone = await inParallel(1, requestCount, ask);
  const perAnswerAlone = processorsAlone(requestCount);
  const processorsMany = measureProcessors(program.pid);
  const many = await inParallel(AT_ONCE, requestCount, ask);
  const perAnswerMany = processorsMany(requestCount);
  const loadAtEnd = loadavg()[0] ?? 0;
  const upstream: number[] = [];
  for (let index = 0; index < 50; index += 1)
    upstream.push(await timeUpstream(program.upstreamUrl, UPSTREAM_MODEL));
  const text = report({
    alone,
    many,
    perAnswerAlone,
    perAnswerMany,
    upstream,
    documentCount,
    requestCount,
    atOnce: AT_ONCE,
    readers: READERS,
    loadAtStart,
    loadAtEnd,
  });
  writeFileSync(values.out, text);
  console.log(text);
} finally {
  await program.stop();
  if (values.store === undefined) rmSync(directory, { recursive: true, force: true });
}

/** Runs the work `count` times, `width` of them at a time: each ends before its follower begins. */
async function inParallel(
  width: number,
  count: number,
  work: () => Promise<AnswerTimes>,
): Promise<AnswerTimes[]> {
  const times: AnswerTimes[] = [];
  let left = count;
  const repeat = async () => {
    while (left > 0) {
      left -= 1;
      times.push(await work());
    }
  };
  await Promise.all(Array.from({ length: width }, repeat));
  return times;
}

/** Ingests the documents and makes the readers, unless the store holds them already; returns the readers' keys. */
async function loadOnce(running: RunningProgram): Promise<string[]> {
  const folder = join(directory, "documents");
  const ingestedFile = join(directory, `ingested-${documentCount}`);
  const keyFile = join(directory, "keys.json");
  if (!existsSync(ingestedFile)) {
    mkdirSync(folder, { recursive: true });
    for (const { id, title, text } of set.documents.slice(0, documentCount)) {
      writeFileSync(join(folder, `${id}.md`), `# ${title}\n\n${text}\n`);
    }
    const startMs = performance.now();
    console.log(`ingesting ${documentCount} documents`);
    await running.runScript(
      "lib/runtime/cli/main.ts",
      "ingest",
      folder,
      "--collection",
      "Abstracts",
      "--json",
    );
    console.log(`ingested in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
    writeFileSync(ingestedFile, "");
  }
  if (!existsSync(keyFile))
    writeFileSync(keyFile, await running.runScript("bench/server/make-keys.ts", String(READERS)));
  return JSON.parse(readFileSync(keyFile, "utf8")) as string[];
}
