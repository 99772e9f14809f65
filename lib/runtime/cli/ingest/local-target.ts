import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { getFirstAdministrator } from "../../../identity/index.ts";
import { startJobs, stopJobs } from "../../../jobs/index.ts";
import {
  addDocument,
  addUrlDocument,
  createCollection,
  deleteDocument,
  ensurePersonalCollection,
  folderIdentity,
  followSourceJob,
  listCollections,
  listDocuments,
  listSources,
  workOnDocuments,
} from "../../../knowledge/index.ts";
import { environment } from "../../../platform/env.ts";
import { AppError } from "../../../shared/errors.ts";
import type { IngestTarget } from "./ingest-target.ts";

const LIST_PAGE = 1_000;

/**
 * The program on this machine, in the name of its first administrator. This process reads documents as a worker does:
 * beside the program's own, or alone when the program does not run.
 */
export async function openLocalTarget(): Promise<IngestTarget> {
  const principal = await getFirstAdministrator();
  await startJobs({ jobs: [followSourceJob], work: true });
  const stopReading = workOnDocuments();
  return {
    async findCollection(name) {
      if (name === undefined) return ensurePersonalCollection(principal);
      const known = (await listCollections(principal)).find(
        (collection) => collection.name.toLowerCase() === name.toLowerCase() && collection.level !== "read",
      );
      if (known !== undefined) return known.id;
      return (await createCollection(principal, { name, description: "", visibility: "organisation" })).id;
    },
    async *documents(collectionId) {
      let before: string | undefined;
      do {
        const page = await listDocuments(principal, collectionId, { limit: LIST_PAGE, before });
        yield* page.documents;
        before = page.next ?? undefined;
      } while (before !== undefined);
    },
    async addFile(collectionId, path) {
      if ((await stat(path)).size > environment().VOUCH_UPLOAD_LIMIT_MB * 1024 ** 2) {
        throw new AppError("document_too_large");
      }
      return addDocument(principal, {
        collectionId,
        fileName: basename(path),
        content: createReadStream(path),
        identity: async () => folderIdentity(path),
        priority: "offline",
      });
    },
    addUrl: (collectionId, url) => addUrlDocument(principal, collectionId, url),
    sources: (collectionId) => listSources(principal, collectionId),
    remove: (documentId) => deleteDocument(principal, documentId),
    async close() {
      await Promise.all([stopReading(), stopJobs()]);
    },
  };
}
