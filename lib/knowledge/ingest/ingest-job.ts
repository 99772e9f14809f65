import { z } from "zod";
import { defineJob, enqueueJob } from "../../jobs/index.ts";
import { AppError, isErrorCode } from "../../shared/errors.ts";
import { idSchema } from "../../shared/ids.ts";
import { findStalledDocuments } from "../queries/documents.ts";
import { ingestDocument } from "./ingest-document.ts";
import { failDocument } from "./read-document.ts";

const ingestPayloadSchema = z.object({ orgId: idSchema, documentId: idSchema });

/** Reads and indexes one document. */
export const ingestDocumentJob = defineJob({
  name: "ingest-document",
  schema: ingestPayloadSchema,
  handler: ({ orgId, documentId }, { signal }) => ingestDocument({ orgId }, documentId, signal),
  retryLimit: 5,
  expireSeconds: 1_800,
  concurrency: 6,
  onDead: async ({ orgId, documentId }, reason) => {
    await failDocument({ orgId }, documentId, isErrorCode(reason) ? reason : "internal");
  },
});

/** Above bulk work: somebody waits for this document. */
const ONLINE_PRIORITY = 10;
/** A document that nothing touched for this long may have lost its job; a running one is touched more often. */
const STALLED_SECONDS = 120;

/**
 * Puts a document into the queue; once, however often it is called while it waits or runs.
 *
 * @param priority `online` when a person waits for it, `bulk` for imports.
 */
export async function enqueueIngestion(
  scope: { readonly orgId: string },
  documentId: string,
  priority: "online" | "bulk",
): Promise<void> {
  await enqueueJob(
    ingestDocumentJob,
    { orgId: scope.orgId, documentId },
    { key: documentId, priority: priority === "online" ? ONLINE_PRIORITY : 0 },
  );
}

/**
 * Every minute: documents whose process died between storing them and enqueueing their job get their job. Jobs that
 * exist already are left alone by their key.
 */
export const recoverDocumentsJob = defineJob({
  name: "recover-documents",
  schema: z.object({}),
  handler: async (_payload, { signal }) => {
    for (const { orgId, documentId } of await findStalledDocuments(STALLED_SECONDS)) {
      if (signal.aborted) throw new AppError("unavailable");
      await enqueueIngestion({ orgId }, documentId, "bulk");
    }
  },
  retryLimit: 0,
  concurrency: 1,
  cron: "* * * * *",
});
