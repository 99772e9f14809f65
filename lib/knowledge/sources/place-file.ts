import { recordAudit, recordAudits } from "../../identity/index.ts";
import { deleteBlob, type StoredBlob } from "../../platform/blob.ts";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { titleFromFileName } from "../ingest/file-title.ts";
import { wakeIngestion } from "../ingest/wake.ts";
import { workTogether } from "../ingest/work-together.ts";
import {
  findStoredDocument,
  type InsertedDocument,
  insertDocuments,
  type NewDocument,
  replaceContent,
} from "../queries/documents.ts";
import { adoptUpload, findDocumentBySource, requeueFailed } from "../queries/sources.ts";
import type { AcceptedDocument } from "../schema.ts";

/** What a file is known by, beside its bytes. */
export type FileIdentity =
  /** It is a new version of this document, whatever its bytes. */
  | { readonly replaces: string }
  /** It stands at this address, or at this path of a folder. */
  | {
      readonly sourceKind: "url" | "folder";
      readonly sourceUri: string;
      readonly sourceId?: string | null;
      readonly etag?: string | null;
      readonly lastModified?: string | null;
    };

/** A stored file and what it is to become. */
export interface ReceivedFile {
  readonly collectionId: string;
  readonly createdBy: string | null;
  readonly fileName: string;
  /** The title a person gave; otherwise the file names itself. */
  readonly title?: string | undefined;
  readonly mediaType: string;
  readonly blob: StoredBlob;
  readonly priority: "online" | "offline";
  readonly kind: "upload" | "text";
  readonly identity?: FileIdentity | undefined;
}

/**
 * Makes a stored file a document: a new one, or the next version of the one it is known as. The same bytes change
 * nothing; their second copy goes.
 *
 * @throws AppError `not_found` for a document to replace that is not in the collection.
 */
export async function placeFile(scope: TenantScope, file: ReceivedFile): Promise<AcceptedDocument> {
  const accepted = await place(scope, file);
  if (accepted.state === "queued") wakeIngestion();
  return accepted;
}

async function place(scope: TenantScope, file: ReceivedFile): Promise<AcceptedDocument> {
  const { identity } = file;
  if (identity !== undefined && "replaces" in identity) return replaceFile(scope, file, identity.replaces);
  if (identity === undefined) return addFile(scope, file);
  const known = await findDocumentBySource(scope, file.collectionId, identity.sourceUri);
  if (known !== null) return replaceFile(scope, file, known.id);
  if (identity.sourceKind === "folder") {
    const adopted = await adoptUpload(scope, {
      collectionId: file.collectionId,
      contentHash: file.blob.sha256,
      sourceUri: identity.sourceUri,
    });
    if (adopted !== null) return replaceFile(scope, file, adopted);
  }
  return addFile(scope, file);
}

interface Addition {
  readonly orgId: string;
  readonly document: NewDocument;
}

/** Rows of one transaction: it is a pause for everybody in the embedded database. */
const ADDITIONS_MAX = 20;

/** Files that arrive while others are being added share the next transaction, and so the lock on the audit chain. */
const insertTogether = workTogether<Addition, InsertedDocument>({
  keyOf: ({ orgId }) => orgId,
  weightOf: () => 1,
  weightMax: () => ADDITIONS_MAX,
  parallel: 1,
  expectsMore: () => false,
  work: async (additions) => {
    const [first] = additions;
    if (first === undefined) return [];
    const { orgId } = first;
    const documents = additions.map(({ document }) => document);
    return insertDocuments({ orgId }, documents, (transaction, added) =>
      recordAudits(
        transaction,
        orgId,
        Array.from(added, ([index, subjectId]) => ({
          userId: documents[index]?.createdBy ?? null,
          action: "document.add",
          subjectType: "document",
          subjectId,
          detail: { collectionId: documents[index]?.collectionId ?? null },
        })),
      ),
    );
  },
});

function sourceOf({ identity }: ReceivedFile) {
  return identity === undefined || "replaces" in identity ? undefined : identity;
}

async function addFile(scope: TenantScope, file: ReceivedFile): Promise<AcceptedDocument> {
  const { blob, collectionId, createdBy } = file;
  const source = sourceOf(file);
  const document = {
    collectionId,
    title: file.title ?? titleFromFileName(file.fileName),
    fileName: file.fileName,
    mediaType: file.mediaType,
    sizeBytes: blob.sizeBytes,
    contentHash: blob.sha256,
    blobKey: blob.key,
    createdBy,
    priority: file.priority,
    sourceKind: source?.sourceKind ?? file.kind,
    sourceUri: source?.sourceUri ?? null,
    sourceId: source?.sourceId ?? null,
    etag: source?.etag ?? null,
    lastModified: source?.lastModified ?? null,
    fetchedAt: source === undefined ? null : new Date(),
  };
  const inserted = await insertTogether({ orgId: scope.orgId, document });
  // Another process was quicker with this address or path.
  if (!inserted.isNew && source !== undefined) return replaceFile(scope, file, inserted.id);
  const accepted = { ...inserted, isUpdated: false, sourceId: document.sourceId };
  return inserted.isNew ? accepted : keepKnown(scope, file, accepted);
}

async function replaceFile(
  scope: TenantScope,
  file: ReceivedFile,
  documentId: string,
): Promise<AcceptedDocument> {
  const document = await findStoredDocument(scope, documentId);
  if (document === null || document.collectionId !== file.collectionId || document.state === "deleting") {
    throw new AppError("not_found");
  }
  const source = sourceOf(file);
  const actor = { orgId: scope.orgId, userId: file.createdBy };
  const { isChanged, orphanedBlobKey } = await withTenant(scope, async (transaction) => {
    const replaced = await replaceContent(transaction, scope, documentId, {
      contentHash: file.blob.sha256,
      blobKey: file.blob.key,
      sizeBytes: file.blob.sizeBytes,
      mediaType: file.mediaType,
      fileName: file.fileName,
      ...(file.title === undefined ? {} : { title: file.title }),
      priority: file.priority,
      etag: source?.etag ?? null,
      lastModified: source?.lastModified ?? null,
      fetchedAt: source === undefined ? null : new Date(),
    });
    if (replaced.isChanged) {
      await recordAudit(transaction, actor, {
        action: "document.replace",
        subjectType: "document",
        subjectId: documentId,
        detail: { collectionId: file.collectionId },
      });
    }
    return replaced;
  });
  if (orphanedBlobKey !== null) await deleteBlob(orphanedBlobKey);
  const { id, state, title } = document;
  const accepted = { id, title, isNew: false, sourceId: source?.sourceId ?? null };
  if (isChanged) return { ...accepted, state: "queued", isUpdated: true };
  return keepKnown(scope, file, { ...accepted, state, isUpdated: false });
}

/** The document holds these bytes already. One that failed is read again: what was in its way may be gone. */
async function keepKnown(
  scope: TenantScope,
  file: ReceivedFile,
  known: AcceptedDocument,
): Promise<AcceptedDocument> {
  await deleteBlob(file.blob.key);
  if (known.state !== "failed") return known;
  await requeueFailed(scope, known.id, file.priority);
  return { ...known, state: "queued" };
}
