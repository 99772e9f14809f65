import type { Principal } from "../../lib/identity/schema.ts";
import { createCollection } from "../../lib/knowledge/index.ts";
import { ingestDeps } from "../../lib/knowledge/ingest/ingestion.ts";
import { prepareDocuments, type ReadDocument } from "../../lib/knowledge/ingest/prepare-document.ts";
import { storeSmall } from "../../lib/knowledge/ingest/store-small.ts";
import { parseBytes } from "../../lib/knowledge/parse/parse-bytes.ts";
import { claimDocument } from "../../lib/knowledge/queries/claims.ts";
import { insertDocuments } from "../../lib/knowledge/queries/documents.ts";
import { newId } from "../../lib/shared/ids.ts";
import type { BenchDocument } from "../builtin-answers/load-set.ts";
import type { IngestedSet } from "../ingest/ingest-set.ts";

/** Documents stored in one transaction. */
const GROUP = 24;

/** As a Markdown file, the way the bench of ingestion uploads it. */
export function asMarkdown({ title, text }: BenchDocument): string {
  return title === "" ? text : `# ${title}\n\n${text}\n`;
}

async function readOne(
  principal: Principal,
  collectionId: string,
  document: BenchDocument,
): Promise<ReadDocument> {
  const bytes = Buffer.from(asMarkdown(document));
  const fileName = `${document.id.replaceAll(/[^\w.-]/g, "_")}.md`;
  const added = {
    collectionId,
    title: fileName.replace(/\.md$/, ""),
    fileName,
    mediaType: "text/markdown",
    sizeBytes: bytes.length,
    contentHash: newId(),
    blobKey: newId(),
    createdBy: null,
  };
  const [{ id } = { id: "" }] = await insertDocuments(principal, [added], async () => {});
  const claim = await claimDocument(principal, id);
  if (claim === null) throw new Error("the document is claimed already");
  return { document: claim, file: await parseBytes(bytes, fileName, () => {}), awaitsRecognition: false };
}

/**
 * Reads, cuts, embeds and stores the documents by the functions of the ingestion, in this process and without its queue:
 * what is searched afterwards is the same, and a set is ready in seconds.
 */
export async function fillSet(
  principal: Principal,
  name: string,
  documents: readonly BenchDocument[],
): Promise<Pick<IngestedSet, "names" | "totalMs">> {
  const startedMs = performance.now();
  const { id } = await createCollection(principal, { name, description: "", visibility: "organisation" });
  const names = new Map<string, string>();
  const signal = new AbortController().signal;
  const readable = documents.filter(({ title, text }) => `${title}${text}`.trim() !== "");
  for (let from = 0; from < readable.length; from += GROUP) {
    const group: ReadDocument[] = [];
    for (const document of readable.slice(from, from + GROUP)) {
      const read = await readOne(principal, id, document);
      names.set(read.document.id, document.id);
      group.push(read);
    }
    const stored = await storeSmall(await prepareDocuments(group), signal, ingestDeps);
    if (stored.size !== group.length)
      throw new Error(`${group.length - stored.size} documents were not stored`);
  }
  return { names, totalMs: performance.now() - startedMs };
}
