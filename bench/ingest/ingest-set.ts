import { fork } from "node:child_process";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Principal } from "../../lib/identity/schema.ts";
import { addDocument, createCollection } from "../../lib/knowledge/index.ts";
import { database } from "../../lib/platform/db/index.ts";
import { WORKER_NODE_OPTIONS } from "../../lib/runtime/worker-node-options.ts";
import { treeMemory } from "../../scripts/soak/process-memory.ts";
import type { BenchDocument } from "../builtin-answers/load-set.ts";
import { processorSeconds } from "./processor-seconds.ts";

/** Files sent at once, as by `vouch ingest`. */
const PARALLEL_UPLOADS = 12;

async function* oneByOne(bytes: Uint8Array) {
  yield bytes;
}

/** A file to ingest. */
export interface IngestFile {
  /** What the bench knows it by. */
  readonly id: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** How an ingestion went. */
export interface IngestedSet {
  readonly collectionId: string;
  readonly uploadMs: number;
  /** From the first upload to the last document being searchable. */
  readonly totalMs: number;
  /** Processor time of the worker. */
  readonly workerSeconds: number;
  /** Most memory that the worker and its children held at once. */
  readonly workerPeakBytes: number;
  /** Document id -> id in the set. */
  readonly names: ReadonlyMap<string, string>;
}

/** Documents of a set as Markdown files. */
export function markdownFiles(documents: readonly BenchDocument[]): IngestFile[] {
  return (
    documents
      // Cranfield holds two abstracts without a word; an upload of nothing is refused.
      .filter(({ title, text }) => `${title}${text}`.trim() !== "")
      .map(({ id, title, text }) => ({
        id,
        fileName: `${id.replaceAll(/[^\w.-]/g, "_")}.md`,
        bytes: Buffer.from(title === "" ? text : `# ${title}\n\n${text}\n`),
      }))
  );
}

/** Adds files the way an import does, with one worker process reading them. */
export async function ingestFiles(
  principal: Principal,
  socketPath: string,
  name: string,
  files: readonly IngestFile[],
): Promise<IngestedSet> {
  const worker = fork(join(import.meta.dirname, "ingest-worker.ts"), [socketPath], {
    stdio: "inherit",
    execArgv: ["--disable-warning=ExperimentalWarning", ...WORKER_NODE_OPTIONS],
  });
  await new Promise((resolve) => worker.once("message", resolve));
  let workerPeakBytes = 0;
  const watch = setInterval(() => {
    workerPeakBytes = Math.max(workerPeakBytes, treeMemory(worker.pid ?? 0));
  }, 500);
  const { id: collectionId } = await createCollection(principal, {
    name,
    description: "",
    visibility: "organisation",
  });
  const startedMs = performance.now();
  const names = new Map<string, string>();
  const waiting = [...files];
  const upload = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { id } = await addDocument(principal, {
        collectionId,
        fileName: file.fileName,
        content: oneByOne(file.bytes),
        priority: "offline",
      });
      names.set(id, file.id);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_UPLOADS }, upload));
  const uploadMs = performance.now() - startedMs;
  await untilRead(collectionId, name);
  const totalMs = performance.now() - startedMs;
  clearInterval(watch);
  const workerSeconds = processorSeconds(worker.pid ?? 0);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.disconnect();
  await ended;
  return { collectionId, uploadMs, totalMs, workerSeconds, workerPeakBytes, names };
}

async function untilRead(collectionId: string, name: string): Promise<void> {
  for (;;) {
    const [left] = await database().drizzle.execute<{ open: number; failed: number }>(sql`
      select count(*) filter (where state not in ('ready', 'failed'))::integer as open,
        count(*) filter (where state = 'failed')::integer as failed
      from document where collection_id = ${collectionId}`);
    if (left?.open === 0) {
      if (left.failed > 0) console.log(`  ${left.failed} documents of ${name} failed`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
