import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withSystem, withTenant } from "../../platform/db/index.ts";
import { newId } from "../../shared/ids.ts";
import type { DocumentState, SiteSettings, Source, SourceCounts } from "../schema.ts";
import { accessJoin, accessLevel, type Reader } from "./access.ts";
import { requeueDocuments } from "./documents.ts";

/** A page or site that is followed, for the program's own work. */
export interface StoredSource extends Source {
  readonly orgId: string;
  readonly createdBy: string | null;
}

const SOURCE_COLUMNS = sql`s.id, s.org_id as "orgId", s.collection_id as "collectionId", s.kind, s.uri, s.settings,
  s.refresh, s.state, s.error_code as "errorCode", s.state_detail as "stateDetail", s.counts,
  s.last_run_at as "lastRunAt", s.created_by as "createdBy", s.created_at as "createdAt"`;

type SourceRow = StoredSource & { readonly level?: string } & Record<string, unknown>;

function fromRow(row: SourceRow): StoredSource {
  return {
    ...row,
    lastRunAt: row.lastRunAt === null ? null : new Date(row.lastRunAt).toISOString(),
    createdAt: new Date(row.createdAt).toISOString(),
  };
}

/** What is followed for a collection, newest first. */
export async function findSourceRows(scope: TenantScope, collectionId: string): Promise<StoredSource[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<SourceRow>(sql`
      select ${SOURCE_COLUMNS} from source s
      where s.org_id = ${scope.orgId} and s.collection_id = ${collectionId} order by s.id desc limit 1000`),
  );
  return rows.map(fromRow);
}

/** One source and what the reader may do with its collection; null when it is missing or not theirs to see. */
export async function findReadableSource(
  reader: Reader,
  id: string,
): Promise<(StoredSource & { readonly level: "read" | "write" | "manage" }) | null> {
  const [row] = await withTenant(reader, (transaction) =>
    transaction.execute<SourceRow & { level: "read" | "write" | "manage" }>(sql`
      select ${SOURCE_COLUMNS}, ${accessLevel(reader)} as level
      from source s join collection c on c.org_id = s.org_id and c.id = s.collection_id ${accessJoin(reader)}
      where s.org_id = ${reader.orgId} and s.id = ${id} and (${accessLevel(reader)}) is not null`),
  );
  return row === undefined ? null : { ...fromRow(row), level: row.level };
}

/** A source for the program's own work; null when nobody follows it any more. */
export async function findSource(scope: TenantScope, id: string): Promise<StoredSource | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<SourceRow>(
      sql`select ${SOURCE_COLUMNS} from source s where s.org_id = ${scope.orgId} and s.id = ${id}`,
    ),
  );
  return row === undefined ? null : fromRow(row);
}

/** A source to follow. */
export interface NewSource {
  readonly collectionId: string;
  readonly kind: Source["kind"];
  readonly uri: string;
  readonly settings: Partial<SiteSettings>;
  readonly refresh: Source["refresh"];
  readonly createdBy: string | null;
}

/** Follows an address; one that is followed already takes the new settings, and a page may become a site. @returns its id. */
export async function upsertSource(
  scope: TenantScope,
  source: NewSource,
  alongside: (transaction: Transaction, id: string) => Promise<void>,
): Promise<string> {
  return withTenant(scope, async (transaction) => {
    const id = newId();
    const [row] = await transaction.execute<{ id: string }>(sql`
      insert into source (id, org_id, collection_id, kind, uri, settings, refresh, state, created_by, last_run_at)
      values (${id}, ${scope.orgId}, ${source.collectionId}, ${source.kind}, ${source.uri},
        ${JSON.stringify(source.settings)}::jsonb, ${source.refresh}, 'idle', ${source.createdBy}, now())
      on conflict (org_id, collection_id, uri) do update set refresh = excluded.refresh,
        kind = case when excluded.kind = 'site' then 'site' else source.kind end,
        settings = case when excluded.kind = 'site' then excluded.settings else source.settings end
      returning id`);
    if (row?.id === id) await alongside(transaction, id);
    return row?.id ?? id;
  });
}

/** A step of a source's run. */
export interface SourceStep {
  readonly state: Source["state"];
  readonly counts?: SourceCounts | undefined;
  readonly errorCode?: string | null;
  readonly stateDetail?: string | null;
}

/** Records a step; false when nobody follows the source any more. */
export async function recordSourceStep(scope: TenantScope, id: string, step: SourceStep): Promise<boolean> {
  const counts = step.counts === undefined ? sql`counts` : sql`${JSON.stringify(step.counts)}::jsonb`;
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      update source set state = ${step.state}, counts = ${counts}, error_code = ${step.errorCode ?? null},
        state_detail = ${step.stateDetail ?? null},
        last_run_at = case when ${step.state} in ('idle', 'failed') then now() else last_run_at end
      where org_id = ${scope.orgId} and id = ${id} returning id`),
  );
  return rows.length > 0;
}

/** Stops following; the documents stay. */
export async function deleteSourceRow(
  scope: TenantScope,
  id: string,
  alongside: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    await transaction.execute(
      sql`update document set source_id = null where org_id = ${scope.orgId} and source_id = ${id}`,
    );
    const removed = await transaction.execute(
      sql`delete from source where org_id = ${scope.orgId} and id = ${id} returning id`,
    );
    if (removed.length > 0) await alongside(transaction);
  });
}

/** Sources followed daily that were last looked at longer ago than that. Across organisations, oldest first. */
export async function findDueSources(
  olderThanHours: number,
): Promise<readonly { readonly orgId: string; readonly sourceId: string }[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string; sourceId: string }>(sql`
      select org_id as "orgId", id as "sourceId" from source
      where refresh = 'daily' and (last_run_at is null or last_run_at < now() - make_interval(hours => ${olderThanHours}))
      order by last_run_at nulls first limit 5000`),
  );
  return Array.from(rows);
}

/** What a document's source said of it when it was last fetched. */
export interface SourcedDocument {
  readonly id: string;
  readonly collectionId: string;
  readonly title: string;
  readonly state: DocumentState;
  readonly contentHash: string;
  readonly blobKey: string;
  readonly mediaType: string;
  readonly sourceKind: "upload" | "text" | "url" | "folder";
  readonly sourceUri: string | null;
  readonly sourceId: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

async function findSourced(scope: TenantScope, condition: SQL): Promise<SourcedDocument | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<SourcedDocument & Record<string, unknown>>(sql`
      select id, collection_id as "collectionId", title, state, content_hash as "contentHash", blob_key as "blobKey",
        media_type as "mediaType", source_kind as "sourceKind", source_uri as "sourceUri", source_id as "sourceId",
        etag, last_modified as "lastModified"
      from document where org_id = ${scope.orgId} and state <> 'deleting' and ${condition}`),
  );
  return row ?? null;
}

/** The document of a collection that is known by this address or path. */
export function findDocumentBySource(
  scope: TenantScope,
  collectionId: string,
  uri: string,
): Promise<SourcedDocument | null> {
  return findSourced(scope, sql`collection_id = ${collectionId} and source_uri = ${uri}`);
}

/** Where a document came from. */
export function findDocumentSource(scope: TenantScope, id: string): Promise<SourcedDocument | null> {
  return findSourced(scope, sql`id = ${id}`);
}

/**
 * Lets the file of a folder take over an upload of the same bytes: it is not doubled.
 *
 * @returns the document's id; null when there is no such upload.
 */
export async function adoptUpload(
  scope: TenantScope,
  file: { readonly collectionId: string; readonly contentHash: string; readonly sourceUri: string },
): Promise<string | null> {
  const [adopted] = await withTenant(scope, (transaction) =>
    transaction.execute<{ id: string }>(sql`
      update document d set source_kind = 'folder', source_uri = ${file.sourceUri}, fetched_at = now()
      where d.org_id = ${scope.orgId} and d.collection_id = ${file.collectionId}
        and d.content_hash = ${file.contentHash} and d.source_uri is null and d.source_kind = 'upload'
        and d.state <> 'deleting' and not exists (select 1 from document o where o.org_id = d.org_id
          and o.collection_id = d.collection_id and o.source_uri = ${file.sourceUri})
      returning d.id`),
  );
  return adopted?.id ?? null;
}

/** Ties a document to the page or site it is followed by. */
export async function attachSource(scope: TenantScope, documentId: string, sourceId: string): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction.execute(
      sql`update document set source_id = ${sourceId} where org_id = ${scope.orgId} and id = ${documentId}`,
    ),
  );
}

/** Reads a document again that failed. */
export async function requeueFailed(
  scope: TenantScope,
  id: string,
  priority: "online" | "offline",
): Promise<void> {
  await requeueDocuments(scope, { documentIds: [id], states: ["failed"] }, priority);
}

/** Notes that a document was looked for and had not changed. */
export async function recordUnchanged(scope: TenantScope, id: string): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction.execute(
      sql`update document set fetched_at = now() where org_id = ${scope.orgId} and id = ${id}`,
    ),
  );
}
