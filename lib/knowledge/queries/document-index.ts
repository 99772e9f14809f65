import { sql } from "drizzle-orm";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import type { DocumentIndex, IndexPage, IndexPassage } from "../schema.ts";

type Version = Pick<DocumentIndex, "parser"> & { readonly versionId: string; readonly readAt: string };

/** What the index holds of one version, without its text. */
export type VersionIndex = Pick<DocumentIndex, "pages" | "passageCount" | "notedCount" | "vectorSpaces"> &
  Version;

/** The pages, passages and vectors of a version of a document, the active one by default; null when it has none. */
export async function findVersionIndex(
  scope: TenantScope,
  documentId: string,
  versionId?: string,
): Promise<VersionIndex | null> {
  return withTenant(scope, async (transaction) => {
    const [version] = await transaction.execute<Version & Record<string, unknown>>(sql`
      select v.id as "versionId", v.parser, v.created_at as "readAt" from document_version v
      where v.org_id = ${scope.orgId} and v.document_id = ${documentId}
        and ${versionId === undefined ? sql`v.state = 'active'` : sql`v.id = ${versionId}`}`);
    if (version === undefined) return null;
    const pages = await transaction.execute<IndexPage & Record<string, unknown>>(sql`
      select p.page, p.label, p.state, p.start, p."end", coalesce(c.passages, 0) as passages
      from document_page p left join (
        select coalesce(page, 1) as page, count(*)::integer as passages from chunk_place
        where org_id = ${scope.orgId} and version_id = ${version.versionId} group by 1) c on c.page = p.page
      where p.org_id = ${scope.orgId} and p.version_id = ${version.versionId} order by p.page`);
    const [places] = await transaction.execute<{ count: number; noted: number }>(sql`
      select count(*)::integer as count, count(c.note)::integer as noted
      from chunk_place p join chunk c on c.id = p.chunk_id
      where p.org_id = ${scope.orgId} and p.version_id = ${version.versionId}`);
    const spaces = await transaction.execute<{ name: string; passages: number }>(sql`
      select v.vector_space as name, count(*)::integer as passages
      from chunk_place p join chunk_vector v on v.chunk_id = p.chunk_id
      where p.org_id = ${scope.orgId} and p.version_id = ${version.versionId} group by 1 order by 1`);
    return {
      ...version,
      readAt: new Date(version.readAt).toISOString(),
      pages: Array.from(pages),
      passageCount: places?.count ?? 0,
      notedCount: places?.noted ?? 0,
      vectorSpaces: Array.from(spaces),
    };
  });
}

/** One page of a version with the passages that stand on it. */
export interface VersionPageIndex {
  readonly versionId: string;
  /** The whole version's. */
  readonly text: string;
  readonly page: IndexPage;
  /** In order, at most as many as asked for; a passage that reaches over a page's end stands on both. */
  readonly passages: IndexPassage[];
}

/** The passages that touch a page, those after an ordinal; null when there is no such page. */
export async function findPageIndex(
  scope: TenantScope,
  documentId: string,
  page: number,
  options: { readonly versionId?: string | undefined; readonly after: number; readonly limit: number },
): Promise<VersionPageIndex | null> {
  return withTenant(scope, async (transaction) => {
    const { versionId, after, limit } = options;
    const [row] = await transaction.execute<
      Omit<IndexPage, "passages"> & { versionId: string; text: string } & Record<string, unknown>
    >(sql`
      select v.id as "versionId", v.text, p.page, p.label, p.state, p.start, p."end"
      from document_version v join document_page p on p.org_id = v.org_id and p.version_id = v.id
      where v.org_id = ${scope.orgId} and v.document_id = ${documentId} and p.page = ${page}
        and ${versionId === undefined ? sql`v.state = 'active'` : sql`v.id = ${versionId}`}`);
    if (row === undefined) return null;
    const passages = await transaction.execute<IndexPassage & Record<string, unknown>>(sql`
      select p.ordinal, p.start, p."end", c.id as "chunkId", c.heading_path as "headingPath", c.note,
        c.search_terms as terms
      from chunk_place p join chunk c on c.id = p.chunk_id
      where p.org_id = ${scope.orgId} and p.version_id = ${row.versionId} and p.ordinal > ${after}
        and p.start < ${row.end} and p."end" > ${row.start}
      order by p.ordinal limit ${limit}`);
    const { versionId: id, text, ...shown } = row;
    return {
      versionId: id,
      text,
      page: { ...shown, passages: passages.length },
      passages: Array.from(passages),
    };
  });
}
