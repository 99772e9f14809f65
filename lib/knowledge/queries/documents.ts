import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withSystem, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Document, DocumentState } from "../schema.ts";
import { accessJoin, accessLevel, type Reader } from "./access.ts";

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
>;

/** What became of {@link insertDocument}. */
export type InsertedDocument = Pick<StoredDocument, "id" | "state" | "title"> & { readonly isNew: boolean };

/**
 * Stores a document as `queued`, unless the collection holds the same bytes already: then that one is returned.
 *
 * @param alongside Runs in the same transaction when the document is new.
 */
export async function insertDocument(
  scope: TenantScope,
  document: NewDocument,
  alongside: (transaction: Transaction, id: string) => Promise<void>,
): Promise<InsertedDocument> {
  return withTenant(scope, async (transaction) => {
    const [inserted] = await transaction.execute<{ id: string }>(sql`
      insert into document (id, org_id, collection_id, title, file_name, media_type, size_bytes, content_hash,
        blob_key, state, created_by)
      values (${newId()}, ${scope.orgId}, ${document.collectionId}, ${document.title}, ${document.fileName},
        ${document.mediaType}, ${document.sizeBytes}, ${document.contentHash}, ${document.blobKey}, 'queued',
        ${document.createdBy})
      on conflict (org_id, collection_id, content_hash) where source_uri is null do nothing returning id`);
    if (inserted !== undefined) {
      await alongside(transaction, inserted.id);
      return { id: inserted.id, state: "queued", title: document.title, isNew: true };
    }
    const [known] = await transaction.execute<Omit<InsertedDocument, "isNew"> & Record<string, unknown>>(sql`
      select id, state, title from document where org_id = ${scope.orgId}
        and collection_id = ${document.collectionId} and content_hash = ${document.contentHash}
        and source_uri is null`);
    // Deleted between both statements: the caller may simply try again.
    if (known === undefined) throw new AppError("conflict");
    return { id: known.id, state: known.state, title: known.title, isNew: false };
  });
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

/** A step of an ingestion. */
export interface DocumentProgress {
  readonly state: DocumentState;
  readonly progress: number;
  readonly errorCode?: string | null;
  readonly stateDetail?: string | null;
}

/** Records a step; false when the document is gone or on its way out. */
export async function recordProgress(
  scope: TenantScope,
  id: string,
  step: DocumentProgress,
): Promise<boolean> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      update document set state = ${step.state}, progress = ${step.progress}, error_code = ${step.errorCode ?? null},
        state_detail = ${step.stateDetail ?? null}, updated_at = now()
      where org_id = ${scope.orgId} and id = ${id} and state <> 'deleting' returning id`),
  );
  return rows.length > 0;
}

/** Documents on their way that nothing has touched for a while: their job may be lost. Across organisations. */
export async function findStalledDocuments(
  olderThanSeconds: number,
): Promise<readonly { readonly orgId: string; readonly documentId: string }[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string; documentId: string }>(sql`
      select org_id as "orgId", id as "documentId" from document
      where state in ('queued', 'parsing', 'ocr', 'indexing')
        and updated_at < now() - make_interval(secs => ${olderThanSeconds})
      order by id limit 1000`),
  );
  return Array.from(rows);
}

/** Takes a document out of every search at once; the rest of the deletion may take its time. */
export async function hideDocument(scope: TenantScope, id: string): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction.execute(
      sql`update document set state = 'deleting', updated_at = now() where org_id = ${scope.orgId} and id = ${id}`,
    ),
  );
}

/** Removes a document with its versions and pages; `alongside` runs in the same transaction, if it was there. */
export async function deleteDocumentRow(
  scope: TenantScope,
  id: string,
  alongside: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    const removed = await transaction.execute(
      sql`delete from document where org_id = ${scope.orgId} and id = ${id} returning id`,
    );
    if (removed.length > 0) await alongside(transaction);
  });
}
