import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import type { TenantScope } from "../platform/db/index.ts";
import { openSealed, type SealedFor, sealText } from "../platform/sealed-text.ts";
import { AppError } from "../shared/errors.ts";
import { wakeIngestion } from "./ingest/wake.ts";
import { MEDIA_TYPES } from "./parse/sniff-media-type.ts";
import { findSealedPassword, queueWithPassword } from "./queries/document-passwords.ts";
import { findDocumentRow, toDocument } from "./queries/documents.ts";
import type { Document } from "./schema.ts";

function sealedFor({ orgId }: TenantScope, documentId: string): SealedFor {
  return { purpose: "document-password", owner: `${orgId}/${documentId}` };
}

/**
 * Reads a protected PDF again with its password. The password is kept sealed until that reading ends, an hour at most,
 * and serves no other: the next reading asks anew.
 *
 * @throws AppError `not_found`, `forbidden`; `conflict` when the document does not wait for a password.
 */
export async function enterDocumentPassword(
  principal: Principal,
  id: string,
  password: string,
): Promise<Document> {
  const row = await findDocumentRow(principal, id);
  if (row === null) throw new AppError("not_found");
  if (row.level === "read") throw new AppError("forbidden");
  const sealed = sealText(password, sealedFor(principal, id));
  const isQueued = await queueWithPassword(
    principal,
    id,
    { sealed, mediaType: MEDIA_TYPES.pdf },
    (transaction) =>
      recordAudit(transaction, principal, {
        action: "document.password",
        subjectType: "document",
        subjectId: id,
        detail: { collectionId: row.collectionId },
      }),
  );
  if (!isQueued) throw new AppError("conflict", { message: "This document does not ask for a password." });
  wakeIngestion();
  const queued = await findDocumentRow(principal, id);
  if (queued === null) throw new AppError("not_found");
  return toDocument(queued);
}

/** The password somebody gave for the reading under way; null when nobody did. */
export async function findDocumentPassword(scope: TenantScope, documentId: string): Promise<string | null> {
  const sealed = await findSealedPassword(scope, documentId);
  return sealed === null ? null : openSealed(sealed, sealedFor(scope, documentId));
}
