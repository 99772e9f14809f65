import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";
import { assertCollectionLevel } from "./collections.ts";
import { deleteDocument, getDocument } from "./documents.ts";
import type { DocumentBatch, DocumentBatchResult } from "./schema.ts";
import { cancelDocument, pauseDocument, retryDocument } from "./steer-documents.ts";

const DEEDS: Readonly<
  Record<DocumentBatch["action"], (principal: Principal, documentId: string) => Promise<unknown>>
> = {
  delete: deleteDocument,
  retry: retryDocument,
  cancel: cancelDocument,
  pause: (principal, id) => pauseDocument(principal, id, true),
  resume: (principal, id) => pauseDocument(principal, id, false),
};

/**
 * Does one thing with several documents of a collection, one after another. A document that does not allow it (which is
 * ready by now, deleted by somebody else, or of another collection) is left as it is and named in the answer.
 *
 * @throws AppError `not_found` and `forbidden` as for the collection.
 */
export async function changeDocuments(
  principal: Principal,
  collectionId: string,
  { action, documentIds }: DocumentBatch,
): Promise<DocumentBatchResult> {
  await assertCollectionLevel(principal, collectionId, "write");
  const done: string[] = [];
  const failed: { id: string; code: string; message: string }[] = [];
  for (const id of new Set(documentIds)) {
    try {
      const document = await getDocument(principal, id);
      if (document.collectionId !== collectionId) throw new AppError("not_found");
      await DEEDS[action](principal, id);
      done.push(id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failed.push({ id, code: error.code, message: error.message });
    }
  }
  return { done, failed };
}
