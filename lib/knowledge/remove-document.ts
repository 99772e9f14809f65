import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { cancelJob } from "../jobs/index.ts";
import { deleteBlob } from "../platform/blob.ts";
import { deleteAllChunks } from "./ingest/delete-all-chunks.ts";
import { ingestDocumentJob } from "./ingest/ingest-job.ts";
import { deleteDocumentRow, hideDocument, type StoredDocument } from "./queries/documents.ts";

/**
 * Removes a document: first from every search, then its passages, its text and its file. The caller has checked the
 * rights. An ingestion that runs meanwhile finds the document gone and ends.
 */
export async function removeDocument(
  principal: Principal,
  document: Pick<StoredDocument, "id" | "blobKey" | "state" | "collectionId">,
): Promise<void> {
  await hideDocument(principal, document.id);
  const isUnderway = document.state !== "ready" && document.state !== "failed";
  if (isUnderway) await cancelJob(ingestDocumentJob, { key: document.id });
  await deleteAllChunks(principal, { documentId: document.id });
  await deleteDocumentRow(principal, document.id, (transaction) =>
    recordAudit(transaction, principal, {
      action: "document.delete",
      subjectType: "document",
      subjectId: document.id,
      detail: { collectionId: document.collectionId },
    }),
  );
  await deleteBlob(document.blobKey);
}
