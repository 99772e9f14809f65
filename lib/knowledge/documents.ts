import type { Principal } from "../identity/schema.ts";
import { openBlob } from "../platform/blob.ts";
import { AppError } from "../shared/errors.ts";
import { type AccessibleDocument, findDocumentRow, toDocument } from "./queries/documents.ts";
import {
  findPageStartRows,
  findVersionBlobKey,
  findVersionPage,
  findVersionText,
} from "./queries/versions.ts";
import { removeDocument } from "./remove-document.ts";
import type { Document, DocumentPage, DocumentText } from "./schema.ts";

async function getRow(
  principal: Principal,
  id: string,
  level: "read" | "write" = "read",
): Promise<AccessibleDocument> {
  const row = await findDocumentRow(principal, id);
  if (row === null) throw new AppError("not_found");
  if (level === "write" && row.level === "read") throw new AppError("forbidden");
  return row;
}

/** A document. @throws AppError `not_found` when it is missing or not the principal's to see. */
export async function getDocument(principal: Principal, id: string): Promise<Document> {
  return toDocument(await getRow(principal, id));
}

/** Removes a document with its text, its vectors and its file. */
export async function deleteDocument(principal: Principal, id: string): Promise<void> {
  await removeDocument(principal, await getRow(principal, id, "write"));
}

/**
 * The original file: the newest, or the one a version was read from.
 *
 * @throws AppError `not_found`, also for a version that is not of this document.
 */
export async function openDocumentContent(principal: Principal, id: string, versionId?: string) {
  const document = await getRow(principal, id);
  const key = versionId === undefined ? document.blobKey : await findVersionBlobKey(principal, id, versionId);
  if (key === undefined) throw new AppError("not_found");
  return { document: toDocument(document), ...(await openBlob(key ?? document.blobKey)) };
}

/**
 * The text that citations of a document count in: of one version, the active one by default. Text of earlier versions
 * stays readable, so that old citations do.
 *
 * @throws AppError `not_found`, also while the document has no text yet.
 */
export async function getDocumentText(
  principal: Principal,
  documentId: string,
  versionId?: string,
): Promise<DocumentText> {
  const document = await getRow(principal, documentId);
  const version = await findVersionText(principal, documentId, versionId);
  if (version === null) throw new AppError("not_found");
  return {
    documentId,
    versionId: version.versionId,
    title: document.title,
    mediaType: document.mediaType,
    text: version.text,
    pages: version.pages
      .filter(({ hasSize }) => hasSize)
      .map(({ page, start, end }) => ({ page, start, end })),
    unreadablePages: version.unreadablePages,
  };
}

/** One page of a document: its text and where each run of it stands. */
export async function getDocumentPage(
  principal: Principal,
  documentId: string,
  page: number,
  versionId?: string,
): Promise<DocumentPage> {
  await getRow(principal, documentId);
  const found = await findVersionPage(principal, documentId, page, versionId);
  if (found === null) throw new AppError("not_found");
  return { documentId, ...found };
}

/** Where the pages of versions begin, in order; versions without pages are left out. */
export async function findPageStarts(
  principal: Principal,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly page: number; readonly start: number }[]>> {
  const starts = new Map<string, { page: number; start: number }[]>();
  if (versionIds.length === 0) return starts;
  for (const { versionId, page, start } of await findPageStartRows(principal, versionIds)) {
    const pages = starts.get(versionId) ?? [];
    starts.set(versionId, [...pages, { page, start }]);
  }
  return starts;
}
