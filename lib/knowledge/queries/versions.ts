import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { ParsedPage } from "../parse/parsed-document.ts";
import type { DocumentPage } from "../schema.ts";
import { uuidArray } from "./access.ts";

/** What identifies a version: the same bytes read by the same parser give the same text. */
export interface VersionKey {
  readonly documentId: string;
  readonly contentHash: string;
  readonly parser: string;
}

/** A version to store. */
export interface NewVersion extends VersionKey {
  /** The original it was read from. */
  readonly blobKey: string | null;
  readonly text: string;
  readonly pageCount: number;
  readonly unreadablePages: readonly number[];
}

/**
 * The building version of a document: the one an interrupted run of the same reading left, or a new one.
 *
 * @returns its id.
 */
export async function ensureVersion(
  transaction: Transaction,
  scope: TenantScope,
  version: NewVersion,
): Promise<string> {
  const [inserted] = await transaction.execute<{ id: string }>(sql`
    insert into document_version (id, org_id, document_id, state, content_hash, blob_key, parser, text, page_count,
      unreadable_pages)
    values (${newId()}, ${scope.orgId}, ${version.documentId}, 'building', ${version.contentHash}, ${version.blobKey},
      ${version.parser}, ${version.text}, ${version.pageCount}, ${`{${version.unreadablePages.join(",")}}`}::integer[])
    on conflict (org_id, document_id) where state = 'building' do nothing returning id`);
  if (inserted !== undefined) return inserted.id;
  const [known] = await transaction.execute<{ id: string }>(sql`
    select id from document_version where org_id = ${scope.orgId} and document_id = ${version.documentId}
      and state = 'building' and content_hash = ${version.contentHash} and parser = ${version.parser}`);
  if (known === undefined) throw new AppError("conflict");
  return known.id;
}

/** Stores pages of a version; those that are there already stay. */
export async function insertPages(
  transaction: Transaction,
  scope: TenantScope,
  versionId: string,
  pages: readonly ParsedPage[],
): Promise<void> {
  await transaction.execute(sql`
    insert into document_page (org_id, version_id, page, start, "end", width, height, runs)
    select ${scope.orgId}, ${versionId}, p.page, p.start, p."end", p.width, p.height, p.runs
    from jsonb_to_recordset(${JSON.stringify(pages)}::jsonb)
      as p(page integer, start integer, "end" integer, width real, height real, runs jsonb)
    on conflict do nothing`);
}

/** How a version becomes the one that searches see. */
export interface Activation {
  readonly documentId: string;
  readonly versionId: string;
  readonly contentHash: string;
  readonly title: string;
  readonly mediaType: string;
  readonly pageCount: number | null;
  readonly stateDetail: string | null;
}

/**
 * Makes a version visible; its commit is the one that does.
 *
 * @returns the version that was visible before, or false when the document is gone or holds other bytes by now.
 */
export async function activateVersion(
  transaction: Transaction,
  scope: TenantScope,
  activation: Activation,
): Promise<{ readonly previousVersionId: string | null } | false> {
  const [row] = await transaction.execute<{ previous: string | null }>(sql`
    update document d set active_version_id = ${activation.versionId}, state = 'ready', progress = 1,
      error_code = null, state_detail = ${activation.stateDetail}, media_type = ${activation.mediaType},
      page_count = ${activation.pageCount}, title = ${activation.title}, updated_at = now()
    from (select id, active_version_id from document
      where org_id = ${scope.orgId} and id = ${activation.documentId} for update) old
    where d.org_id = ${scope.orgId} and d.id = old.id and d.content_hash = ${activation.contentHash}
      and d.state <> 'deleting'
    returning old.active_version_id as previous`);
  if (row === undefined) return false;
  await transaction.execute(sql`
    update document_version set state = 'superseded' where org_id = ${scope.orgId}
      and document_id = ${activation.documentId} and state = 'active' and id <> ${activation.versionId}`);
  await transaction.execute(sql`
    update document_version set state = 'active' where org_id = ${scope.orgId} and id = ${activation.versionId}`);
  return { previousVersionId: row.previous };
}

/** The text of a version. */
export interface VersionText {
  readonly versionId: string;
  readonly text: string;
  readonly pageCount: number;
  readonly unreadablePages: number[];
  readonly pages: { page: number; start: number; end: number; hasSize: boolean }[];
}

function chosenVersion(scope: TenantScope, documentId: string, versionId: string | undefined): SQL {
  return sql`v.org_id = ${scope.orgId} and v.document_id = ${documentId} and v.id = ${
    versionId ??
    sql`(select d.active_version_id from document d where d.org_id = v.org_id and d.id = v.document_id)`
  }`;
}

/** The text and page map of a version of a document, the active one by default. */
export async function findVersionText(
  scope: TenantScope,
  documentId: string,
  versionId?: string,
): Promise<VersionText | null> {
  return withTenant(scope, async (transaction) => {
    const [version] = await transaction.execute<Omit<VersionText, "pages"> & Record<string, unknown>>(sql`
      select v.id as "versionId", v.text, v.page_count as "pageCount", v.unreadable_pages as "unreadablePages"
      from document_version v where ${chosenVersion(scope, documentId, versionId)}`);
    if (version === undefined) return null;
    const pages = await transaction.execute<VersionText["pages"][number]>(sql`
      select page, start, "end", width is not null as "hasSize" from document_page
      where org_id = ${scope.orgId} and version_id = ${version.versionId} order by page`);
    return { ...version, pages: Array.from(pages) };
  });
}

/** One page of a version, with its text. */
export async function findVersionPage(
  scope: TenantScope,
  documentId: string,
  page: number,
  versionId?: string,
): Promise<Omit<DocumentPage, "documentId"> | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<
      Omit<DocumentPage, "documentId" | "text"> & { text: string } & Record<string, unknown>
    >(sql`
      select v.id as "versionId", p.page, v.page_count as "pageCount", p.start, p."end", p.width, p.height, p.runs,
        v.text as text
      from document_version v join document_page p on p.org_id = v.org_id and p.version_id = v.id
      where ${chosenVersion(scope, documentId, versionId)} and p.page = ${page}`),
  );
  // Cut here, not in SQL: PostgreSQL counts characters, offsets count UTF-16 units.
  return row === undefined ? null : { ...row, text: row.text.slice(row.start, row.end) };
}

/** Where the pages of versions begin, for versions with pages. */
export async function findPageStartRows(
  scope: TenantScope,
  versionIds: readonly string[],
): Promise<readonly { versionId: string; page: number; start: number }[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ versionId: string; page: number; start: number }>(sql`
      select version_id as "versionId", page, start from document_page
      where org_id = ${scope.orgId} and version_id = any(${uuidArray(versionIds)}::uuid[])
        and width is not null and "end" > start
      order by version_id, page`),
  );
  return Array.from(rows);
}
