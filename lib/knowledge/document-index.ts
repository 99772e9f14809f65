import type { Principal } from "../identity/schema.ts";
import { AppError } from "../shared/errors.ts";
import { getDocument } from "./documents.ts";
import { findPageIndex, findVersionIndex } from "./queries/document-index.ts";
import type { DocumentIndex, DocumentIndexPage } from "./schema.ts";

/** Passages of a page that are shown at a time: a page of a table may hold thousands. */
const PASSAGES_MAX = 100;

/**
 * What the index sees of a document: its pages with their states, and how many passages and vectors stand for it.
 *
 * @throws AppError `not_found` when the document or the version is missing or not the principal's to see.
 */
export async function getDocumentIndex(
  principal: Principal,
  documentId: string,
  versionId?: string,
): Promise<DocumentIndex> {
  await getDocument(principal, documentId);
  const index = await findVersionIndex(principal, documentId, versionId);
  if (index !== null) return { documentId, ...index };
  if (versionId !== undefined) throw new AppError("not_found");
  // Still being read for the first time, or never readable: nothing of it is in the index.
  return {
    documentId,
    versionId: null,
    parser: null,
    readAt: null,
    pages: [],
    passageCount: 0,
    notedCount: 0,
    vectorSpaces: [],
  };
}

/**
 * One page as the index sees it: its text, and the passages with the words they are found by.
 *
 * @param options.after the `next` of the answer before, for pages with very many passages.
 * @throws AppError `not_found`.
 */
export async function getDocumentIndexPage(
  principal: Principal,
  documentId: string,
  page: number,
  options: { readonly versionId?: string | undefined; readonly after?: number | undefined },
): Promise<DocumentIndexPage> {
  await getDocument(principal, documentId);
  const after = options.after ?? -1;
  const found = await findPageIndex(principal, documentId, page, {
    versionId: options.versionId,
    after,
    limit: PASSAGES_MAX + 1,
  });
  if (found === null) throw new AppError("not_found");
  const passages = found.passages.slice(0, PASSAGES_MAX);
  const hasMore = found.passages.length > PASSAGES_MAX;
  const from = after < 0 ? found.page.start : (passages[0]?.start ?? found.page.end);
  const to = hasMore ? (passages.at(-1)?.end ?? found.page.end) : found.page.end;
  return {
    documentId,
    versionId: found.versionId,
    page: { ...found.page, passages: passages.length },
    start: from,
    // Cut here, not in SQL: PostgreSQL counts characters, offsets count UTF-16 units.
    text: found.text.slice(from, to),
    passages,
    next: hasMore ? (passages.at(-1)?.ordinal ?? null) : null,
  };
}
