import { recordAudit } from "../identity/index.ts";
import type { Principal } from "../identity/schema.ts";
import { deleteBlob, putBlob, type StoredBlob } from "../platform/blob.ts";
import type { TenantScope } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { assertCollectionLevel } from "./collections.ts";
import { safeFileName, titleFromFileName } from "./ingest/file-title.ts";
import { enqueueIngestion } from "./ingest/ingest-job.ts";
import { SNIFF_BYTES, sniffMediaType } from "./parse/sniff-media-type.ts";
import { insertDocument, isBlobUsed, recordProgress } from "./queries/documents.ts";
import type { AcceptedDocument, CreateTextDocument } from "./schema.ts";

/** A file on its way in. */
export interface IncomingFile {
  readonly collectionId: string;
  readonly fileName: string;
  readonly content: AsyncIterable<Uint8Array>;
  /** The title a person gave; otherwise the file names itself. */
  readonly title?: string;
  /** SHA-256 (hex) the sender computed; asked for when the file is read, since form fields may follow it. */
  readonly expectedSha256?: () => Promise<string | undefined>;
  readonly priority: "online" | "bulk";
}

/**
 * Stores a file as it arrives and queues it for reading. The same bytes in the same collection are the same document.
 *
 * @throws AppError `not_found` or `forbidden` for the collection, `document_type_unsupported`, `document_empty`,
 *   `document_hash_mismatch`; the content's own error.
 */
export async function addDocument(principal: Principal, file: IncomingFile): Promise<AcceptedDocument> {
  await assertCollectionLevel(principal, file.collectionId, "write");
  return storeDocument(principal, { ...file, createdBy: principal.userId });
}

/** Pasted text as a document, kept as Markdown. */
export function addTextDocument(
  principal: Principal,
  collectionId: string,
  { title, text }: CreateTextDocument,
): Promise<AcceptedDocument> {
  return addDocument(principal, {
    collectionId,
    title,
    fileName: `${title.slice(0, 100)}.md`,
    content: oneByOne(Buffer.from(text)),
    priority: "online",
  });
}

/** Bytes that are there already, as a stream. */
export async function* oneByOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** {@link addDocument} without a person: the caller has checked the rights. */
export async function storeDocument(
  scope: TenantScope,
  file: IncomingFile & { readonly createdBy: string | null },
): Promise<AcceptedDocument> {
  const fileName = safeFileName(file.fileName);
  const checked = checkHead(file.content, fileName);
  const blob = await putBlob(checked.content);
  try {
    const expected = (await file.expectedSha256?.())?.toLowerCase();
    if (blob.sizeBytes === 0) throw new AppError("document_empty");
    if (expected !== undefined && expected !== blob.sha256) throw new AppError("document_hash_mismatch");
    return await insertStored(scope, file, fileName, checked.mediaType(), blob);
  } catch (error) {
    // The document row is the only one that knows the file: without the row the file goes. A row whose job could not
    // be enqueued keeps it; the recovery job finds that row.
    if (!(await isBlobUsed(scope, blob.key))) await deleteBlob(blob.key);
    throw error;
  }
}

async function insertStored(
  scope: TenantScope,
  file: IncomingFile & { readonly createdBy: string | null },
  fileName: string,
  mediaType: string,
  blob: StoredBlob,
): Promise<AcceptedDocument> {
  const document = {
    collectionId: file.collectionId,
    title: file.title ?? titleFromFileName(fileName),
    fileName,
    mediaType,
    sizeBytes: blob.sizeBytes,
    contentHash: blob.sha256,
    blobKey: blob.key,
    createdBy: file.createdBy,
  };
  const actor = { orgId: scope.orgId, userId: file.createdBy };
  const inserted = await insertDocument(scope, document, (transaction, documentId) =>
    recordAudit(transaction, actor, {
      action: "document.add",
      subjectType: "document",
      subjectId: documentId,
      detail: { collectionId: file.collectionId },
    }),
  );
  if (!inserted.isNew) await deleteBlob(blob.key);
  // Sent again after a failure: the file may be read now.
  const isAgain = !inserted.isNew && inserted.state === "failed";
  if (isAgain) await recordProgress(scope, inserted.id, { state: "queued", progress: 0 });
  if (inserted.isNew || isAgain) await enqueueIngestion(scope, inserted.id, file.priority);
  return { ...inserted, state: isAgain ? "queued" : inserted.state };
}

/** Refuses a file of the wrong kind as soon as its first bytes are there. */
function checkHead(content: AsyncIterable<Uint8Array>, fileName: string) {
  let mediaType = "text/plain";
  async function* checkedContent() {
    let head: Buffer = Buffer.alloc(0);
    let isChecked = false;
    for await (const part of content) {
      if (!isChecked) {
        head = Buffer.concat([head, part]);
        if (head.length >= SNIFF_BYTES) isChecked = sniff(head);
      }
      yield part;
    }
    if (!isChecked && head.length > 0) sniff(head);
  }
  function sniff(head: Uint8Array): true {
    const sniffed = sniffMediaType(head, fileName);
    if (sniffed === null) throw new AppError("document_type_unsupported");
    // A name that promises a PDF is kept: reading it will say that it is damaged.
    mediaType = sniffed === "mismatch" ? "application/pdf" : sniffed;
    return true;
  }
  return { content: checkedContent(), mediaType: () => mediaType };
}
