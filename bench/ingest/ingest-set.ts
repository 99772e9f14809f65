import { fork } from "node:child_process";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { Principal } from "../../lib/identity/schema.ts";
import { addDocument, createCollection } from "../../lib/knowledge/index.ts";
import { database } from "../../lib/platform/db/index.ts";
import type { BenchDocument } from "../builtin-answers/load-set.ts";
import { processorSeconds } from "./processor-seconds.ts";

/** Files sent at once, as by `vouch ingest`. */
const PARALLEL_UPLOADS = 12;

async function* oneByOne(bytes: Uint8Array) {
  yield bytes;
}

/** How an ingestion went. */
export interface IngestedSet {
  readonly collectionId: string;
  readonly uploadMs: number;
  /** From the first upload to the last document being searchable. */
  readonly totalMs: number;
  /** Processor time of the worker. */
  readonly workerSeconds: number;
  /** Document id -> id in the set. */
  readonly names: ReadonlyMap<string, string>;
}

/** Adds the documents as Markdown files the way an import does, with one worker process reading them. */
export async function ingestSet(
  principal: Principal,
  socketPath: string,
  name: string,
  documents: readonly BenchDocument[],
): Promise<IngestedSet> {
  const worker = fork(join(import.meta.dirname, "ingest-worker.ts"), [socketPath], { stdio: "inherit" });
  await new Promise((resolve) => worker.once("message", resolve));
  const { id: collectionId } = await createCollection(principal, {
    name,
    description: "",
    visibility: "organisation",
  });
  const startedMs = performance.now();
  const names = new Map<string, string>();
  // Cranfield holds two abstracts without a word; an upload of nothing is refused.
  const waiting = documents.filter(({ title, text }) => `${title}${text}`.trim() !== "");
  const upload = async () => {
    for (let document = waiting.shift(); document !== undefined; document = waiting.shift()) {
      const source = document.title === "" ? document.text : `# ${document.title}\n\n${document.text}\n`;
      const { id } = await addDocument(principal, {
        collectionId,
        fileName: `${document.id.replaceAll(/[^\w.-]/g, "_")}.md`,
        content: oneByOne(Buffer.from(source)),
        priority: "offline",
      });
      names.set(id, document.id);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_UPLOADS }, upload));
  const uploadMs = performance.now() - startedMs;
  for (;;) {
    const [left] = await database().drizzle.execute<{ open: number; failed: number }>(sql`
      select count(*) filter (where state not in ('ready', 'failed'))::integer as open,
        count(*) filter (where state = 'failed')::integer as failed
      from document where collection_id = ${collectionId}`);
    if (left?.open === 0) {
      if (left.failed > 0) console.log(`  ${left.failed} documents of ${name} failed`);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const totalMs = performance.now() - startedMs;
  const workerSeconds = processorSeconds(worker.pid ?? 0);
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  worker.disconnect();
  await ended;
  return { collectionId, uploadMs, totalMs, workerSeconds, names };
}
