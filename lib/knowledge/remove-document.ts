import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { deleteBlob } from "../platform/blob.ts";
import type { TenantScope } from "../platform/db/index.ts";
import { noteRemoval, raiseAnswerEpoch } from "../router/index.ts";
import { deleteDocumentRow, findBlobKeys, hideDocument, type StoredDocument } from "./queries/documents.ts";
import { deleteAllChunks, deleteAllNotes, deleteAllPages } from "./queries/ingestion.ts";

/**
 * Removes a document: first from every search and from whoever reads it, then its passages with their vectors and
 * places, the sentences about them, its pages and texts, and the originals of all its versions. Answers that the router
 * stored are void from the same moment. The caller has checked the rights.
 */
export async function removeDocument(
  principal: Principal,
  document: Pick<StoredDocument, "id" | "collectionId">,
): Promise<void> {
  await hideDocument(principal, document.id, async (transaction) => {
    await recordAudit(transaction, principal, {
      action: "document.delete",
      subjectType: "document",
      subjectId: document.id,
      detail: { collectionId: document.collectionId },
    });
    await raiseAnswerEpoch(transaction, principal);
  });
  await noteRemoval();
  await finishRemoval(principal, document.id);
}

/** Removes what is left of a hidden document; a removal that was interrupted is finished by it. */
export async function finishRemoval(scope: TenantScope, documentId: string): Promise<void> {
  await deleteAllChunks(scope, documentId);
  await deleteAllNotes(scope, documentId);
  await deleteAllPages(scope, documentId);
  // The rows are the only ones that know the files, so they go last.
  for (const key of await findBlobKeys(scope, documentId)) await deleteBlob(key);
  await deleteDocumentRow(scope, documentId);
}
