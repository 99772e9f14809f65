import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";
import { assertCollectionLevel } from "./collections.ts";
import { wakeIngestion } from "./ingest/wake.ts";
import {
  type AccessibleDocument,
  cancelReadings,
  findDocumentRow,
  pauseReadings,
  requeueDocuments,
  toDocument,
} from "./queries/documents.ts";
import type { Document } from "./schema.ts";

async function getWritable(principal: Principal, id: string): Promise<AccessibleDocument> {
  const row = await findDocumentRow(principal, id);
  if (row === null) throw new AppError("not_found");
  if (row.level === "read") throw new AppError("forbidden");
  return row;
}

async function reload(principal: Principal, id: string): Promise<Document> {
  const row = await findDocumentRow(principal, id);
  if (row === null) throw new AppError("not_found");
  return toDocument(row);
}

/**
 * Stops the reading of a document: from this moment it writes nothing, and its worker lets go of it within a second.
 * The version that searches see, if there is one, stays.
 *
 * @throws AppError `conflict` when it is not on its way; `not_found`, `forbidden`.
 */
export async function cancelDocument(principal: Principal, id: string): Promise<Document> {
  await getWritable(principal, id);
  if ((await cancelReadings(principal, [id])) === 0) throw new AppError("conflict");
  return reload(principal, id);
}

/**
 * Reads a failed or cancelled document again, ahead of imports.
 *
 * @throws AppError `conflict` when it neither failed nor was cancelled; `not_found`, `forbidden`.
 */
export async function retryDocument(principal: Principal, id: string): Promise<Document> {
  await getWritable(principal, id);
  const choice = { documentIds: [id], states: ["failed", "cancelled"] as const };
  if ((await requeueDocuments(principal, choice, "online")) === 0) throw new AppError("conflict");
  wakeIngestion();
  return reload(principal, id);
}

/**
 * Takes a document off the workers' list until it is resumed, or puts it back; what was stored of it is kept.
 *
 * @throws AppError `conflict` when it is not on its way; `not_found`, `forbidden`.
 */
export async function pauseDocument(principal: Principal, id: string, isPaused: boolean): Promise<Document> {
  const document = await getWritable(principal, id);
  if (document.isPaused === isPaused) return toDocument(document);
  if ((await pauseReadings(principal, [id], isPaused)) === 0) throw new AppError("conflict");
  if (!isPaused) wakeIngestion();
  return reload(principal, id);
}

/** Reads all documents of a collection again, as offline work: its settings have changed. */
export async function rereadCollection(
  principal: Principal,
  collectionId: string,
): Promise<{ readonly count: number }> {
  await assertCollectionLevel(principal, collectionId, "write");
  const count = await requeueDocuments(principal, { collectionId }, "offline");
  wakeIngestion();
  return { count };
}

/** Reads all failed documents of a collection again, as offline work. */
export async function retryFailedDocuments(
  principal: Principal,
  { collectionId }: { readonly collectionId: string },
): Promise<{ readonly count: number }> {
  await assertCollectionLevel(principal, collectionId, "write");
  const count = await requeueDocuments(principal, { collectionId, states: ["failed"] }, "offline");
  wakeIngestion();
  return { count };
}
