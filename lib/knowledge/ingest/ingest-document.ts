import { blobPath } from "../../platform/blob.ts";
import type { TenantScope } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import { embedTexts } from "../../router/index.ts";
import type { ErrorCode } from "../../shared/error-table.ts";
import { AppError } from "../../shared/errors.ts";
import { chunkText, indexedText, type TextChunk } from "../chunk/chunk-text.ts";
import type { ParsedFile } from "../parse/parse-bytes.ts";
import { parseFile } from "../parse/parse-file.ts";
import type { ParsedPage } from "../parse/parsed-document.ts";
import { type ChunkOwner, deleteChunks, findChunkOrdinals, insertChunks } from "../queries/chunks.ts";
import {
  findStoredDocument,
  isTitleTaken,
  recordProgress,
  type StoredDocument,
} from "../queries/documents.ts";
import { ensureVectorIndex } from "../queries/vector-index.ts";
import { activateVersion, ensureVersion, insertPages } from "../queries/versions.ts";
import { describePages } from "./describe-pages.ts";
import { titleFromFileName } from "./file-title.ts";

/** The outside of an ingestion. */
export interface IngestDeps {
  readonly parseFile: typeof parseFile;
  readonly embedTexts: typeof embedTexts;
  readonly blobPath: (key: string) => string;
  readonly nowMs: () => number;
}

/** The real outside. */
export const ingestDeps: IngestDeps = {
  parseFile,
  embedTexts,
  blobPath: (key) => blobPath(key),
  nowMs: () => performance.now(),
};

/** Passages embedded and stored at a time: their insert, indexes included, stays well below 100 ms. */
const BATCH = 24;
/** Share of the work that reading is. */
const PARSE_SHARE = 0.4;
const PROGRESS_EVERY_MS = 400;
const PAGE_BATCH_BYTES = 200_000;

/** A run of the ingestion: which document, for whom, until when. */
interface Ingestion {
  readonly scope: TenantScope;
  readonly document: StoredDocument;
  readonly signal: AbortSignal;
  readonly deps: IngestDeps;
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
  if (document === null) return;
  const startedMs = deps.nowMs();
  const ingestion: Ingestion = { scope, document, signal, deps };
  await recordProgress(scope, documentId, { state: "parsing", progress: 0 });
  const file = await parse(ingestion);
  if (file === null) return;
  const title = await chooseTitle(ingestion, file);
  const versionId = await storeVersion(ingestion, file, title);
  const chunks = chunkText(file);
  await indexChunks(ingestion, versionId, title, chunks);
  signal.throwIfAborted();
  const isThere = await activateVersion(scope, {
    documentId,
    versionId,
    contentHash: document.contentHash,
    mediaType: file.mediaType,
    pageCount: file.hasPages ? file.pages.length : null,
    stateDetail: describeUnreadable(file.unreadablePages),
  });
  if (!isThere) return;
  await deleteAllChunks(scope, { documentId, exceptVersionId: versionId });
  logger.info(
    {
      orgId: scope.orgId,
      documentId,
      versionId,
      pages: file.pages.length,
      chunks: chunks.length,
      durationMs: Math.round(deps.nowMs() - startedMs),
    },
    "document indexed",
  );
}

/** Marks a document as failed, with the sentence a person reads. */
export async function failDocument(
  scope: TenantScope,
  documentId: string,
  code: ErrorCode,
  page?: number,
): Promise<void> {
  const sentence = new AppError(code).message;
  await recordProgress(scope, documentId, {
    state: "failed",
    progress: 0,
    errorCode: code,
    stateDetail: page === undefined ? sentence : `${sentence} (Page ${page}.)`,
  });
  logger.info({ orgId: scope.orgId, documentId, code }, "document failed");
}

async function parse({ scope, document, signal, deps }: Ingestion): Promise<ParsedFile | null> {
  let lastMs = deps.nowMs();
  let writing: Promise<unknown> = Promise.resolve();
  try {
    const file = await deps.parseFile({
      path: deps.blobPath(document.blobKey),
      fileName: document.fileName,
      signal,
      onProgress: (done, total) => {
        if (deps.nowMs() - lastMs < PROGRESS_EVERY_MS) return;
        lastMs = deps.nowMs();
        const progress = (PARSE_SHARE * done) / total;
        // Display only: a lost step is made good by the next.
        writing = recordProgress(scope, document.id, { state: "parsing", progress }).catch(() => {});
      },
    });
    await writing;
    return file;
  } catch (error) {
    await writing;
    signal.throwIfAborted();
    if (!(error instanceof AppError) || !error.code.startsWith("document_")) throw error;
    const page = error.context.page;
    await failDocument(scope, document.id, error.code, typeof page === "number" ? page : undefined);
    return null;
  }
}

/** The title a person gave, or the one the file gives itself; files of one name in a collection are told apart. */
async function chooseTitle({ scope, document }: Ingestion, file: ParsedFile): Promise<string> {
  const byName = titleFromFileName(document.fileName);
  if (document.title !== byName || file.title === null) return document.title;
  const own = file.title.slice(0, 300).toWellFormed();
  return (await isTitleTaken(scope, document, own)) ? `${own} (${byName})`.slice(0, 400) : own;
}

async function storeVersion(
  { scope, document, signal }: Ingestion,
  file: ParsedFile,
  title: string,
): Promise<string> {
  await recordProgress(scope, document.id, { state: "indexing", progress: PARSE_SHARE, title });
  const key = { documentId: document.id, contentHash: document.contentHash, parser: file.parser };
  const versionId = await ensureVersion(scope, key, {
    text: file.text,
    pageCount: file.pages.length,
    unreadablePages: file.unreadablePages,
  });
  for (const pages of pageBatches(file.pages)) {
    signal.throwIfAborted();
    await insertPages(scope, versionId, pages);
  }
  return versionId;
}

function* pageBatches(pages: readonly ParsedPage[]): Generator<ParsedPage[]> {
  let batch: ParsedPage[] = [];
  let bytes = 0;
  for (const page of pages) {
    batch.push(page);
    bytes += 100 + page.runs.length * 45;
    if (bytes < PAGE_BATCH_BYTES) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

async function indexChunks(
  { scope, document, signal, deps }: Ingestion,
  versionId: string,
  title: string,
  chunks: readonly TextChunk[],
): Promise<void> {
  const owner = (vectorSpace: string): ChunkOwner => ({
    collectionId: document.collectionId,
    documentId: document.id,
    versionId,
    vectorSpace,
  });
  const payer = document.createdBy === null ? undefined : { orgId: scope.orgId, userId: document.createdBy };
  let stored: Set<number> | undefined;
  for (let from = 0; from < chunks.length; from += BATCH) {
    signal.throwIfAborted();
    const batch = chunks
      .slice(from, from + BATCH)
      .map((chunk, index) => ({ ...chunk, ordinal: from + index }));
    const texts = batch.map((chunk) => indexedText(title, chunk));
    const { vectors, space, dimensions } = await deps.embedTexts(texts, { signal, principal: payer });
    if (stored === undefined) {
      await ensureVectorIndex({ name: space, dimensions });
      // Passages of an interrupted run under another embedder are of no use in this space.
      await deleteAllChunks(scope, { documentId: document.id, versionId, exceptVectorSpace: space });
      stored = await findChunkOrdinals(scope, owner(space));
    }
    const known = stored;
    const rows = batch.flatMap((chunk, index) => {
      const embedding = vectors[index];
      if (embedding === undefined || known.has(chunk.ordinal)) return [];
      return [{ ...chunk, indexedText: texts[index] ?? "", embedding }];
    });
    if (rows.length > 0) await insertChunks(scope, owner(space), rows);
    if (from + BATCH < chunks.length) {
      const progress = PARSE_SHARE + ((1 - PARSE_SHARE) * (from + batch.length)) / chunks.length;
      await recordProgress(scope, document.id, { state: "indexing", progress });
    }
  }
}

/** Removes passages in statements short enough for a database that serves others. */
export async function deleteAllChunks(
  scope: TenantScope,
  removal: Parameters<typeof deleteChunks>[1],
): Promise<void> {
  const limit = 500;
  while ((await deleteChunks(scope, removal, limit)) === limit);
}

function describeUnreadable(pages: readonly number[]): string | null {
  if (pages.length === 0) return null;
  const subject = pages.length === 1 ? "Page" : "Pages";
  return `${subject} ${describePages(pages)} without text that can be read: a picture or a blank page.`;
}
