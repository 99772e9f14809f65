import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withSystem, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Document } from "../schema.ts";
import { accessJoin, accessLevel, type Reader, uuidArray } from "./access.ts";

/** A document with what only the server needs. */
export interface StoredDocument extends Document {
  readonly blobKey: string;
  readonly createdBy: string | null;
}

/** A document as one reader sees it. */
export interface AccessibleDocument extends StoredDocument {
  readonly level: "read" | "write" | "manage";
}

/** A document as the database gives it. */
export type DocumentRow<Kind> = Omit<Kind, "createdAt" | "updatedAt" | "cancelRequestedAt" | "sizeBytes"> & {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly cancelRequestedAt: string | null;
  readonly sizeBytes: string;
} & Record<string, unknown>;

/** Columns of a document `d`; {@link fromDocumentRow} reads them. */
export const documentColumns = sql`d.id, d.collection_id as "collectionId", d.title, d.file_name as "fileName",
  d.media_type as "mediaType", d.size_bytes as "sizeBytes", d.content_hash as "contentHash", d.state,
  d.error_code as "errorCode", d.state_detail as "stateDetail", d.progress, d.page_count as "pageCount",
  d.active_version_id as "activeVersionId", d.created_at as "createdAt", d.blob_key as "blobKey",
  d.created_by as "createdBy", d.source_kind as "sourceKind", d.source_uri as "sourceUri", d.priority,
  d.is_paused as "isPaused", d.attempts, d.updated_at as "updatedAt", d.cancel_requested_at as "cancelRequestedAt"`;

/** A document from its columns. */
export function fromDocumentRow<Kind extends StoredDocument>(row: DocumentRow<Kind>): Kind {
  return {
    ...row,
    sizeBytes: Number(row.sizeBytes),
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
    cancelRequestedAt: row.cancelRequestedAt === null ? null : new Date(row.cancelRequestedAt).toISOString(),
  } as unknown as Kind;
}

/** The fields of a document that leave the server. */
export function toDocument(stored: StoredDocument): Document {
  const { blobKey: _key, createdBy: _by, level: _level, ...document } = stored as AccessibleDocument;
  return document;
}

/** One document; null when it is missing or not the reader's to see. */
export async function findDocumentRow(reader: Reader, id: string): Promise<AccessibleDocument | null> {
  const [row] = await withTenant(reader, (transaction) =>
    transaction.execute<DocumentRow<AccessibleDocument>>(sql`
      select ${documentColumns}, ${accessLevel(reader)} as level
      from document d join collection c on c.org_id = d.org_id and c.id = d.collection_id ${accessJoin(reader)}
      where d.org_id = ${reader.orgId} and d.id = ${id} and (${accessLevel(reader)}) is not null`),
  );
  return row === undefined ? null : fromDocumentRow<AccessibleDocument>(row);
}

/** A document for the program's own work; the caller has checked who asks. */
export async function findStoredDocument(scope: TenantScope, id: string): Promise<StoredDocument | null> {
  return findOne(scope, sql`d.id = ${id}`);
}

async function findOne(scope: TenantScope, condition: SQL): Promise<StoredDocument | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<DocumentRow<StoredDocument>>(sql`
      select ${documentColumns} from document d where d.org_id = ${scope.orgId} and ${condition} limit 1`),
  );
  return row === undefined ? null : fromDocumentRow<StoredDocument>(row);
}

/** Documents of a collection, newest first; `before` is the id after which the last answer ended. */
export async function findDocumentRows(
  scope: TenantScope,
  collectionId: string,
  page: { readonly limit: number; readonly before?: string | undefined },
): Promise<StoredDocument[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<DocumentRow<StoredDocument>>(sql`
      select ${documentColumns} from document d where d.org_id = ${scope.orgId} and d.collection_id = ${collectionId}
        ${page.before === undefined ? sql`` : sql`and d.id < ${page.before}`}
      order by d.id desc limit ${page.limit}`),
  );
  return rows.map((row) => fromDocumentRow<StoredDocument>(row));
}

/** A document to store. */
export type NewDocument = Pick<
  StoredDocument,
  "collectionId" | "title" | "fileName" | "mediaType" | "sizeBytes" | "contentHash" | "blobKey" | "createdBy"
> &
  Partial<Pick<StoredDocument, "sourceKind" | "sourceUri" | "priority"> & SourceNews> & {
    readonly sourceId?: string | null;
  };

/** What a source said of its newest state; the headers are kept as they came. */
export interface SourceNews {
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly fetchedAt: Date | null;
}

/** What became of a document of {@link insertDocuments}. */
export type InsertedDocument = Pick<StoredDocument, "id" | "state" | "title"> & { readonly isNew: boolean };

/**
 * Stores documents as `queued`, which is what puts them before the workers. One that the collection holds already, by its
 * source address or, without one, by its bytes, is returned instead.
 *
 * @param alongside Runs in the same transaction with the places (in `documents`) and ids of those that are new.
 */
export async function insertDocuments(
  scope: TenantScope,
  documents: readonly NewDocument[],
  alongside: (transaction: Transaction, added: ReadonlyMap<number, string>) => Promise<void>,
): Promise<InsertedDocument[]> {
  const rows = documents.map((document) => ({
    ...document,
    id: newId(),
    sourceKind: document.sourceKind ?? "upload",
    priority: document.priority ?? "online",
  }));
  return withTenant(scope, async (transaction) => {
    const inserted = await transaction.execute<{ id: string }>(sql`
      insert into document (id, org_id, collection_id, title, file_name, media_type, size_bytes, content_hash,
        blob_key, state, created_by, source_kind, source_uri, source_id, etag, last_modified, fetched_at, priority)
      select r.id, ${scope.orgId}, r."collectionId", r.title, r."fileName", r."mediaType", r."sizeBytes",
        r."contentHash", r."blobKey", 'queued', r."createdBy", r."sourceKind", r."sourceUri", r."sourceId", r.etag,
        r."lastModified", r."fetchedAt", r.priority
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, "collectionId" uuid, title text,
        "fileName" text, "mediaType" text, "sizeBytes" bigint, "contentHash" text, "blobKey" text, "createdBy" uuid,
        "sourceKind" text, "sourceUri" text, "sourceId" uuid, etag text, "lastModified" text,
        "fetchedAt" timestamptz, priority text)
      on conflict do nothing returning id`);
    const newIds = new Set(inserted.map(({ id }) => id));
    const added = rows.flatMap(({ id }, index): [number, string][] => (newIds.has(id) ? [[index, id]] : []));
    await alongside(transaction, new Map(added));
    const outcomes: InsertedDocument[] = [];
    for (const { id, ...document } of rows) {
      outcomes.push(
        newIds.has(id)
          ? { id, state: "queued", title: document.title, isNew: true }
          : { ...(await findKnown(transaction, scope, document)), isNew: false },
      );
    }
    return outcomes;
  });
}

async function findKnown(
  transaction: Transaction,
  scope: TenantScope,
  document: NewDocument,
): Promise<Pick<StoredDocument, "id" | "state" | "title">> {
  const identity =
    document.sourceUri == null
      ? sql`content_hash = ${document.contentHash} and source_uri is null`
      : sql`source_uri = ${document.sourceUri}`;
  const [known] = await transaction.execute<Omit<InsertedDocument, "isNew"> & Record<string, unknown>>(sql`
    select id, state, title from document where org_id = ${scope.orgId}
      and collection_id = ${document.collectionId} and ${identity}`);
  // Deleted between both statements: the caller may simply try again.
  if (known === undefined) throw new AppError("conflict");
  return known;
}

/** Newer bytes of a known document. */
export type NewContent = Pick<
  StoredDocument,
  "contentHash" | "blobKey" | "sizeBytes" | "mediaType" | "fileName" | "priority"
> &
  SourceNews & { readonly title?: string };

/** What became of {@link replaceContent}. */
export interface ReplacedContent {
  /** False when the bytes are those it has; what the source said is noted all the same. */
  readonly isChanged: boolean;
  /** A file in the blob store that nothing names once this is committed; the caller removes it then. */
  readonly orphanedBlobKey: string | null;
}

/**
 * Gives a document newer bytes and queues it again; the version that searches see stays until they are read. A reading
 * of the bytes before loses its claim and writes nothing any more.
 *
 * @throws AppError `not_found` when the document is gone or on its way out.
 */
export async function replaceContent(
  transaction: Transaction,
  scope: TenantScope,
  documentId: string,
  content: NewContent,
): Promise<ReplacedContent> {
  const [known] = await transaction.execute<{ contentHash: string; blobKey: string; isNeeded: boolean }>(sql`
    select d.content_hash as "contentHash", d.blob_key as "blobKey", exists (select from document_version v
      where v.org_id = d.org_id and v.document_id = d.id and v.blob_key = d.blob_key) as "isNeeded"
    from document d where d.org_id = ${scope.orgId} and d.id = ${documentId} and d.state <> 'deleting'
    for update of d`);
  if (known === undefined) throw new AppError("not_found");
  const isChanged = known.contentHash !== content.contentHash;
  const change = isChanged
    ? sql`, content_hash = ${content.contentHash}, blob_key = ${content.blobKey}, size_bytes = ${content.sizeBytes},
        media_type = ${content.mediaType}, file_name = ${content.fileName}, ${queuedAgain(content.priority)}`
    : sql``;
  await transaction.execute(sql`
    update document set etag = ${content.etag}, last_modified = ${content.lastModified},
      fetched_at = ${content.fetchedAt?.toISOString() ?? null}, title = coalesce(${content.title ?? null}, title) ${change}
    where org_id = ${scope.orgId} and id = ${documentId}`);
  if (!isChanged)
    return { isChanged, orphanedBlobKey: content.blobKey === known.blobKey ? null : content.blobKey };
  return { isChanged, orphanedBlobKey: known.isNeeded ? null : known.blobKey };
}

/** The columns of a document that waits anew: whoever reads it now loses the claim. */
export function queuedAgain(priority: StoredDocument["priority"]): SQL {
  return sql`state = 'queued', progress = 0, error_code = null, state_detail = null, attempts = 0, claim_id = null,
    claim_expires_at = null, run_after = null, cancel_requested_at = null, is_paused = false, queued_at = now(),
    updated_at = now(), priority = ${priority}`;
}

/** Which documents to queue again; without states: those that are at rest, however their last reading ended. */
export interface RequeueChoice {
  readonly documentIds?: readonly string[];
  readonly collectionId?: string;
  readonly states?: readonly ("ready" | "failed" | "cancelled")[];
}

/** Queues documents again; those on their way already, or out, stay as they are. @returns how many were queued. */
export async function requeueDocuments(
  scope: TenantScope,
  { documentIds, collectionId, states = ["ready", "failed", "cancelled"] }: RequeueChoice,
  priority: StoredDocument["priority"],
): Promise<number> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      update document set ${queuedAgain(priority)} where org_id = ${scope.orgId}
        and state = any(${`{${states.join(",")}}`}::text[])
        ${documentIds === undefined ? sql`` : sql`and id = any(${uuidArray(documentIds)}::uuid[])`}
        ${collectionId === undefined ? sql`` : sql`and collection_id = ${collectionId}`}
      returning id`),
  );
  return rows.length;
}

/**
 * Stops the reading of documents: the claim goes at once, and with it the right to write. @returns how many stopped.
 */
export async function cancelReadings(scope: TenantScope, ids: readonly string[]): Promise<number> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      update document set state = 'cancelled', cancel_requested_at = now(), progress = 0, claim_id = null,
        claim_expires_at = null, run_after = null, error_code = null, state_detail = null, updated_at = now()
      where org_id = ${scope.orgId} and id = any(${uuidArray(ids)}::uuid[])
        and state in ('queued', 'parsing', 'ocr', 'indexing') returning id`),
  );
  return rows.length;
}

/** Takes documents off the workers' list until they are resumed, or puts them back. @returns how many changed. */
export async function pauseReadings(
  scope: TenantScope,
  ids: readonly string[],
  isPaused: boolean,
): Promise<number> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      update document set is_paused = ${isPaused}, claim_id = null, claim_expires_at = null, updated_at = now()
      where org_id = ${scope.orgId} and id = any(${uuidArray(ids)}::uuid[]) and is_paused <> ${isPaused}
        and state in ('queued', 'parsing', 'ocr', 'indexing') returning id`),
  );
  return rows.length;
}

/** True when a document of the organisation has this file. */
export async function isBlobUsed(scope: TenantScope, blobKey: string): Promise<boolean> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(
      sql`select 1 from document where org_id = ${scope.orgId} and blob_key = ${blobKey} limit 1`,
    ),
  );
  return rows.length > 0;
}

/**
 * Takes a document out of every search at once; the rest of the deletion may take its time. Its bytes and its address
 * are free for another document from now on.
 *
 * @param alongside Runs in the same transaction, if this call is the one that hid it.
 */
export async function hideDocument(
  scope: TenantScope,
  id: string,
  alongside: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    const hidden = await transaction.execute(sql`
      update document set state = 'deleting', content_hash = id::text, source_uri = null, claim_id = null,
        claim_expires_at = null, updated_at = now()
      where org_id = ${scope.orgId} and id = ${id} and state <> 'deleting' returning id`);
    if (hidden.length > 0) await alongside(transaction);
  });
}

/** Every file in the blob store that a document or one of its versions names. */
export async function findBlobKeys(scope: TenantScope, id: string): Promise<readonly string[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ blobKey: string }>(sql`
      select blob_key as "blobKey" from document where org_id = ${scope.orgId} and id = ${id}
      union
      select blob_key from document_version
      where org_id = ${scope.orgId} and document_id = ${id} and blob_key is not null`),
  );
  return rows.map(({ blobKey }) => blobKey);
}

/** Documents whose deletion was begun and not ended, untouched for a while. Across organisations. */
export async function findHalfDeleted(
  olderThanSeconds: number,
): Promise<readonly { readonly orgId: string; readonly id: string }[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string; id: string }>(sql`
      select org_id as "orgId", id from document where state = 'deleting'
        and updated_at < now() - make_interval(secs => ${olderThanSeconds}) limit 100`),
  );
  return Array.from(rows);
}

/** Building versions of documents that nobody reads or will read: what cancelled or killed readings left behind. */
export async function findAbandonedBuildings(): Promise<
  readonly { readonly orgId: string; readonly documentId: string; readonly versionId: string }[]
> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string; documentId: string; versionId: string }>(sql`
      select v.org_id as "orgId", v.document_id as "documentId", v.id as "versionId"
      from document_version v join document d on d.id = v.document_id
      where v.state = 'building' and d.state in ('ready', 'failed', 'cancelled') limit 100`),
  );
  return Array.from(rows);
}

/** True while a document is neither waiting nor being read: what a reading left may be removed. */
export async function isAtRest(transaction: Transaction, scope: TenantScope, id: string): Promise<boolean> {
  const rows = await transaction.execute(sql`
    select 1 from document where org_id = ${scope.orgId} and id = ${id}
      and state in ('ready', 'failed', 'cancelled') for update`);
  return rows.length > 0;
}

/** Removes the row of a document with what is left of its versions. */
export async function deleteDocumentRow(scope: TenantScope, id: string): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction.execute(
      sql`delete from document where org_id = ${scope.orgId} and id = ${id} and state = 'deleting'`,
    ),
  );
}
