import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import type { ParsedPage } from "../parse/parsed-document.ts";
import type { DocumentPage } from "../schema.ts";
import { uuidArray } from "./access.ts";
import type { Claim } from "./claims.ts";

/** A version to store. */
export interface NewVersion {
  readonly id: string;
  readonly documentId: string;
  readonly contentHash: string;
  /** The original it was read from. */
  readonly blobKey: string;
  readonly parser: string;
  readonly text: string;
  readonly unreadablePages: readonly number[];
  readonly pages: readonly NewPage[];
}

/** A page of a version to store. */
export interface NewPage extends Pick<ParsedPage, "page" | "start" | "end" | "width" | "height" | "runs"> {
  readonly state: "text" | "ocr" | "unreadable" | "pending";
  readonly label: string | null;
  readonly places: readonly (readonly [start: number, end: number, label: string])[];
}

/** Stores versions; their pages are stored by {@link insertPages}. */
export async function insertVersions(
  transaction: Transaction,
  scope: TenantScope,
  state: "building" | "active",
  versions: readonly NewVersion[],
): Promise<void> {
  const rows = versions.map(({ pages, ...version }) => ({ ...version, pageCount: pages.length }));
  await transaction.execute(sql`
    insert into document_version (id, org_id, document_id, state, content_hash, blob_key, parser, text, page_count,
      unreadable_pages)
    select v.id, ${scope.orgId}, v."documentId", ${state}, v."contentHash", v."blobKey", v.parser, v.text,
      v."pageCount", v."unreadablePages"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(id uuid, "documentId" uuid, "contentHash" text,
      "blobKey" text, parser text, text text, "pageCount" integer, "unreadablePages" integer[])`);
}

/** Stores pages of versions; those that are there already stay. */
export async function insertPages(
  transaction: Transaction,
  scope: TenantScope,
  pages: readonly (NewPage & { readonly versionId: string })[],
): Promise<void> {
  if (pages.length === 0) return;
  await transaction.execute(sql`
    insert into document_page (org_id, version_id, page, start, "end", state, label, width, height, runs, places)
    select ${scope.orgId}, p."versionId", p.page, p.start, p."end", p.state, p.label, p.width, p.height, p.runs,
      p.places
    from jsonb_to_recordset(${JSON.stringify(pages)}::jsonb) as p("versionId" uuid, page integer, start integer,
      "end" integer, state text, label text, width real, height real, runs jsonb, places jsonb)
    on conflict do nothing`);
}

/** The version of a document that an interrupted reading left unfinished. */
export async function findBuildingVersion(
  scope: TenantScope,
  documentId: string,
): Promise<Pick<NewVersion, "id" | "contentHash" | "blobKey" | "parser" | "text"> | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<
      Pick<NewVersion, "id" | "contentHash" | "blobKey" | "parser" | "text"> & Record<string, unknown>
    >(sql`
      select id, content_hash as "contentHash", blob_key as "blobKey", parser, text from document_version
      where org_id = ${scope.orgId} and document_id = ${documentId} and state = 'building'`),
  );
  return row ?? null;
}

/** How a version becomes the one that searches see. */
export interface Activation {
  readonly claim: Claim;
  readonly versionId: string;
  readonly title: string;
  readonly mediaType: string;
  readonly pageCount: number | null;
  readonly stateDetail: string | null;
  /** False while passages that the version retired are still to be removed: the reading goes on. */
  readonly isSettled: boolean;
  /** Pictures among its pages are to be recognised next, as offline work. */
  readonly awaitsRecognition: boolean;
}

/**
 * Makes versions visible; the commit is what does. The versions before become `superseded`: their text stays for old
 * citations.
 *
 * @returns the ids of the documents whose claim held.
 */
export async function activateVersions(
  transaction: Transaction,
  scope: TenantScope,
  activations: readonly Activation[],
): Promise<ReadonlySet<string>> {
  const rows = activations.map(({ claim, ...activation }) => ({
    ...activation,
    id: claim.id,
    claimId: claim.claimId,
  }));
  const changed = await transaction.execute<{ id: string }>(sql`
    update document d set active_version_id = a."versionId",
      state = case when not a."isSettled" then 'indexing' when a."awaitsRecognition" then 'ocr' else 'ready' end,
      progress = case when a."isSettled" and a."awaitsRecognition" then 0 else 1 end,
      priority = case when a."isSettled" and a."awaitsRecognition" then 'offline' else d.priority end,
      attempts = case when a."isSettled" and a."awaitsRecognition" then 0 else d.attempts end,
      claim_id = case when a."isSettled" then null else d.claim_id end,
      claim_expires_at = case when a."isSettled" then null else d.claim_expires_at end,
      error_code = null, state_detail = a."stateDetail", media_type = a."mediaType", page_count = a."pageCount",
      title = a.title, updated_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as a(id uuid, "claimId" uuid, "versionId" uuid,
      "isSettled" boolean, "awaitsRecognition" boolean, "stateDetail" text, "mediaType" text, "pageCount" integer, title text)
    where d.org_id = ${scope.orgId} and d.id = a.id and d.claim_id = a."claimId"
    returning d.id`);
  return new Set(changed.map(({ id }) => id));
}

/** Moves versions from one state to another, ahead of or after {@link activateVersions} in the same transaction. */
export async function moveVersions(
  transaction: Transaction,
  scope: TenantScope,
  documentIds: readonly string[],
  from: "building" | "active",
  to: "active" | "superseded",
): Promise<void> {
  if (documentIds.length === 0) return;
  await transaction.execute(sql`
    update document_version set state = ${to} where org_id = ${scope.orgId} and state = ${from}
      and document_id = any(${uuidArray(documentIds)}::uuid[])`);
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

/** Where the original of a version lies; null for versions that do not know, undefined when there is none such. */
export async function findVersionBlobKey(
  scope: TenantScope,
  documentId: string,
  versionId: string,
): Promise<string | null | undefined> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<{ blobKey: string | null }>(sql`
      select blob_key as "blobKey" from document_version
      where org_id = ${scope.orgId} and document_id = ${documentId} and id = ${versionId}`),
  );
  return row?.blobKey;
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
