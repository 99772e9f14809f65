import type { Principal } from "../identity/schema.ts";
import { deleteBlob, putBlob } from "../platform/blob.ts";
import type { TenantScope } from "../platform/db/index.ts";
import { AppError } from "../shared/errors.ts";
import { assertCollectionLevel } from "./collections.ts";
import { safeFileName } from "./ingest/file-title.ts";
import { isBlobUsed } from "./queries/documents.ts";
import type { AcceptedDocument, CreateTextDocument } from "./schema.ts";
import { checkHead } from "./sources/check-head.ts";
import { type FileIdentity, placeFile } from "./sources/place-file.ts";

/** A file on its way in. */
export interface IncomingFile {
  readonly collectionId: string;
  readonly fileName: string;
  readonly content: AsyncIterable<Uint8Array>;
  /** The title a person gave; otherwise the file names itself. */
  readonly title?: string;
  /** SHA-256 (hex) the sender computed; asked for when the file is read, since form fields may follow it. */
  readonly expectedSha256?: () => Promise<string | undefined>;
  /** What it is known by beside its bytes; asked for when the file is read. */
  readonly identity?: () => Promise<FileIdentity | undefined>;
  /** `text` for pasted text. */
  readonly kind?: "upload" | "text";
  readonly priority: "online" | "offline";
}

/**
 * Stores a file as it arrives and queues it for reading. The same bytes in the same collection are the same document;
 * a file with an identity is the next version of the document it is known as.
 *
 * @throws AppError `not_found` or `forbidden` for the collection, `document_type_unsupported`, `document_empty`,
 *   `document_hash_mismatch`; the content's own error.
 */
export async function addDocument(principal: Principal, file: IncomingFile): Promise<AcceptedDocument> {
  await assertCollectionLevel(principal, file.collectionId, "write");
  return storeDocument(principal, { ...file, createdBy: principal.userId });
}

/** Pasted text as a document, kept as Markdown; with `replaces` it is a new version of that one. */
export function addTextDocument(
  principal: Principal,
  collectionId: string,
  { title, text, replaces }: CreateTextDocument,
): Promise<AcceptedDocument> {
  return addDocument(principal, {
    collectionId,
    title,
    fileName: `${title.slice(0, 100)}.md`,
    content: oneByOne(Buffer.from(text)),
    kind: "text",
    priority: "online",
    identity: async () => (replaces === undefined ? undefined : { replaces }),
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
    return await placeFile(scope, {
      collectionId: file.collectionId,
      createdBy: file.createdBy,
      fileName,
      title: file.title,
      mediaType: checked.mediaType(),
      blob,
      priority: file.priority,
      kind: file.kind ?? "upload",
      identity: await file.identity?.(),
    });
  } catch (error) {
    // The document row is the only one that knows the file: without the row the file goes.
    if (!(await isBlobUsed(scope, blob.key))) await deleteBlob(blob.key);
    throw error;
  }
}
