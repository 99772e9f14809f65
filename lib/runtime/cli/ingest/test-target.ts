/** A collection in memory, for tests of what the command does with files. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { AcceptedDocument, Document } from "../../../knowledge/schema.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import type { IngestTarget } from "./ingest-target.ts";

/** The target and what it holds: text by path. */
export interface MemoryTarget extends IngestTarget {
  readonly texts: Map<string, string>;
  /** Paths in the order in which they were sent. */
  readonly sent: string[];
  isAway: boolean;
}

/** Documents are ready as soon as they are there; text that says "broken" fails. */
export function memoryTarget(): MemoryTarget {
  const documents = new Map<string, { id: string; contentHash: string; state: Document["state"] }>();
  const texts = new Map<string, string>();
  const sent: string[] = [];
  const target: MemoryTarget = {
    texts,
    sent,
    isAway: false,
    findCollection: async () => newId(),
    async *documents() {
      for (const [path, { id, contentHash, state }] of documents) {
        const stateDetail = state === "failed" ? "The file is damaged." : null;
        yield { id, contentHash, state, stateDetail, sourceUri: `file://${path}` } as Document;
      }
    },
    async addFile(_collectionId, path): Promise<AcceptedDocument> {
      if (target.isAway) throw new AppError("unavailable");
      const text = await readFile(path, "utf8");
      sent.push(path);
      const contentHash = createHash("sha256").update(text).digest("hex");
      const before = documents.get(path);
      const id = before?.id ?? newId();
      documents.set(path, { id, contentHash, state: text.includes("broken") ? "failed" : "ready" });
      texts.set(path, text);
      const isUpdated = before !== undefined && before.contentHash !== contentHash;
      return { id, state: "queued", title: path, isNew: before === undefined, isUpdated, sourceId: null };
    },
    addUrl: async () => {
      throw new AppError("url_refused");
    },
    sources: async () => [],
    async remove(documentId) {
      for (const [path, { id }] of documents) {
        if (id === documentId) {
          documents.delete(path);
          texts.delete(path);
        }
      }
    },
    close: async () => {},
  };
  return target;
}
