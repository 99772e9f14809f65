import type { TenantScope } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import { searchTerms } from "../../shared/text/search-terms.ts";
import { chunkText, indexedText, type TextChunk } from "../chunk/chunk-text.ts";
import type { ParsedFile } from "../parse/parse-bytes.ts";
import type { ParsedPage } from "../parse/parsed-document.ts";
import { type ChunkOwner, contentKey, findChunkOrdinals, type NewChunk } from "../queries/chunks.ts";
import { findStoredDocument, recordProgress } from "../queries/documents.ts";
import {
  isTitleTaken,
  storeChunks,
  storePages,
  storeSmallDocument,
  storeVersion,
  switchVersion,
} from "../queries/ingestion.ts";
import { ensureVectorIndex } from "../queries/vector-index.ts";
import type { NewVersion } from "../queries/versions.ts";
import { deleteAllChunks } from "./delete-all-chunks.ts";
import { describePages } from "./describe-pages.ts";
import { titleFromFileName } from "./file-title.ts";
import { type IngestDeps, type Ingestion, ingestDeps } from "./ingestion.ts";
import { PARSE_SHARE, readDocument } from "./read-document.ts";

/** Passages embedded and stored at a time: their insert, indexes included, stays well below 100 ms. */
const BATCH = 24;
const PAGE_BATCH_BYTES = 200_000;

/** A file that was read, ready to be stored. */
interface ReadFile {
  readonly file: ParsedFile;
  readonly title: string;
  readonly chunks: readonly TextChunk[];
  readonly version: NewVersion;
}

/**
 * Reads a document and makes it searchable. Every step can be run again: parts that an interrupted run stored are
 * kept, and one commit at the end makes all passages visible together. A file that cannot be read ends as `failed`
 * with a code; an outage (of the embedding model, the database) is thrown, so that the queue tries again.
 */
export async function ingestDocument(
  scope: TenantScope,
  documentId: string,
  signal: AbortSignal,
  deps: IngestDeps = ingestDeps,
): Promise<void> {
  const document = await findStoredDocument(scope, documentId);
  if (document === null || document.state === "deleting" || document.state === "ready") return;
  const ingestion: Ingestion = { scope, document, signal, deps };
  const startedMs = performance.now();
  const file = await readDocument(ingestion);
  if (file === null) return;
  const read: ReadFile = {
    file,
    title: await chooseTitle(ingestion, file),
    chunks: chunkText(file),
    version: {
      documentId,
      contentHash: document.contentHash,
      blobKey: document.blobKey,
      parser: file.parser,
      text: file.text,
      pageCount: file.pages.length,
      unreadablePages: file.unreadablePages,
    },
  };
  const isSmall = read.chunks.length <= BATCH && pageBytes(file.pages) <= PAGE_BATCH_BYTES;
  const stored = isSmall ? await storeAtOnce(ingestion, read) : await storeInParts(ingestion, read);
  if (stored === null) return;
  const { versionId, previousVersionId } = stored;
  // Passages of the version before are of no use to anybody now; its text stays for old citations.
  if (previousVersionId !== null) await deleteAllChunks(scope, { documentId, exceptVersionId: versionId });
  const durationMs = Math.round(performance.now() - startedMs);
  const pages = file.pages.length;
  logger.info(
    { orgId: scope.orgId, documentId, versionId, pages, chunks: read.chunks.length, durationMs },
    "document indexed",
  );
}

/** The title a person gave, or the one the file gives itself; files of one name in a collection are told apart. */
async function chooseTitle({ scope, document }: Ingestion, file: ParsedFile): Promise<string> {
  const byName = titleFromFileName(document.fileName);
  if (document.title !== byName || file.title === null) return document.title;
  const own = file.title.slice(0, 300).toWellFormed();
  return (await isTitleTaken(scope, document, own)) ? `${own} (${byName})`.slice(0, 400) : own;
}

function activationOf({ document }: Ingestion, { file, title }: ReadFile) {
  return {
    documentId: document.id,
    contentHash: document.contentHash,
    title,
    mediaType: file.mediaType,
    pageCount: file.hasPages ? file.pages.length : null,
    stateDetail: describeUnreadable(file.unreadablePages),
  };
}

/** Passages with their vectors, and the space these are in. */
async function embedChunks(
  { scope, document, signal, deps }: Ingestion,
  { title }: ReadFile,
  chunks: readonly (TextChunk & { readonly ordinal: number })[],
): Promise<{ rows: NewChunk[]; vectorSpace: string }> {
  signal.throwIfAborted();
  const texts = chunks.map((chunk) => indexedText(title, chunk));
  const principal =
    document.createdBy === null ? undefined : { orgId: scope.orgId, userId: document.createdBy };
  const { vectors, space, dimensions } = await deps.embedTexts(texts, { signal, principal });
  await ensureVectorIndex({ name: space, dimensions });
  const rows = chunks.flatMap((chunk, index) => {
    const embedding = vectors[index];
    const indexed = texts[index] ?? "";
    const key = contentKey(indexed, chunk.headingPath, chunk.text);
    return embedding === undefined
      ? []
      : [{ ...chunk, searchTerms: searchTerms(indexed), contentKey: key, embedding }];
  });
  return { rows, vectorSpace: space };
}

async function storeAtOnce(ingestion: Ingestion, read: ReadFile) {
  const { scope, document, signal } = ingestion;
  const chunks = read.chunks.map((chunk, ordinal) => ({ ...chunk, ordinal }));
  const { rows, vectorSpace } = await embedChunks(ingestion, read, chunks);
  signal.throwIfAborted();
  return storeSmallDocument(scope, {
    version: read.version,
    pages: read.file.pages,
    owner: { collectionId: document.collectionId, documentId: document.id, vectorSpace },
    chunks: rows,
    activation: activationOf(ingestion, read),
  });
}

/** Stores a long document in short statements, keeping what an interrupted run stored. */
async function storeInParts(ingestion: Ingestion, read: ReadFile) {
  const { scope, document, signal } = ingestion;
  await recordProgress(scope, document.id, { state: "indexing", progress: PARSE_SHARE });
  const versionId = await storeVersion(scope, read.version);
  for (const pages of pageBatches(read.file.pages)) {
    signal.throwIfAborted();
    await storePages(scope, versionId, pages);
  }
  let stored: Set<number> | undefined;
  for (let from = 0; from < read.chunks.length; from += BATCH) {
    const batch = read.chunks
      .slice(from, from + BATCH)
      .map((chunk, index) => ({ ...chunk, ordinal: from + index }));
    const { rows, vectorSpace } = await embedChunks(ingestion, read, batch);
    const owner: ChunkOwner = {
      collectionId: document.collectionId,
      documentId: document.id,
      versionId,
      vectorSpace,
    };
    stored ??= await takeStock(scope, owner);
    const known = stored;
    const missing = rows.filter(({ ordinal }) => !known.has(ordinal));
    if (missing.length > 0) await storeChunks(scope, owner, missing);
    const progress = PARSE_SHARE + ((1 - PARSE_SHARE) * (from + batch.length)) / read.chunks.length;
    await recordProgress(scope, document.id, { state: "indexing", progress });
  }
  signal.throwIfAborted();
  const switched = await switchVersion(scope, { ...activationOf(ingestion, read), versionId });
  return switched === false ? null : { versionId, ...switched };
}

/** What an interrupted run left in this vector space; passages in another space are of no use and go. */
async function takeStock(scope: TenantScope, owner: ChunkOwner): Promise<Set<number>> {
  await deleteAllChunks(scope, {
    documentId: owner.documentId,
    versionId: owner.versionId,
    exceptVectorSpace: owner.vectorSpace,
  });
  return findChunkOrdinals(scope, owner);
}

/** About the bytes that a page map takes in a statement. */
function pageBytes(pages: readonly ParsedPage[]): number {
  return pages.reduce((sum, page) => sum + 100 + page.runs.length * 45, 0);
}

function* pageBatches(pages: readonly ParsedPage[]): Generator<ParsedPage[]> {
  let batch: ParsedPage[] = [];
  for (const page of pages) {
    batch.push(page);
    if (pageBytes(batch) < PAGE_BATCH_BYTES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function describeUnreadable(pages: readonly number[]): string | null {
  if (pages.length === 0) return null;
  const subject = pages.length === 1 ? "Page" : "Pages";
  return `${subject} ${describePages(pages)} without text that can be read: a picture or a blank page.`;
}
