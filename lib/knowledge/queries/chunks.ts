import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { newId } from "../../shared/ids.ts";

/** A passage to store. */
export interface NewChunk {
  readonly ordinal: number;
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  readonly headingPath: readonly string[];
  readonly text: string;
  /** What BM25 indexes. */
  readonly searchTerms: string;
  /** See {@link contentKey}. */
  readonly contentKey: string;
  readonly embedding: Float32Array;
}

/** Whose passages they are. */
export interface ChunkOwner {
  readonly collectionId: string;
  readonly documentId: string;
  readonly versionId: string;
  readonly vectorSpace: string;
}

/** Names what the indexes see of a passage and its text; equal keys mean the same passage. A UUID in form only. */
export function contentKey(indexed: string, headingPath: readonly string[], text: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([indexed, headingPath, text]))
    .digest("hex");
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A vector as PostgreSQL reads it; seven digits are all a 32-bit float is sure of. */
export function vectorLiteral(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => Number(value.toPrecision(7))).join(",")}]`;
}

/** Stores passages of a version that has none at these places yet. */
export async function insertChunks(
  transaction: Transaction,
  scope: TenantScope,
  owner: ChunkOwner,
  chunks: readonly NewChunk[],
): Promise<void> {
  const rows = chunks.map(({ embedding, headingPath, searchTerms, contentKey, ...chunk }) => ({
    ...chunk,
    id: newId(),
    heading_path: headingPath,
    search_terms: searchTerms,
    content_key: contentKey,
    embedding: vectorLiteral(embedding),
  }));
  const json = JSON.stringify(rows);
  await transaction.execute(sql`
    insert into chunk (id, org_id, collection_id, document_id, version_id, content_key, heading_path, text,
      search_terms, terms_version)
    select r.id, ${scope.orgId}, ${owner.collectionId}, ${owner.documentId}, ${owner.versionId}, r.content_key,
      r.heading_path, r.text, r.search_terms, 1
    from jsonb_to_recordset(${json}::jsonb) as r(id uuid, content_key uuid, heading_path text[], text text,
      search_terms text)`);
  await transaction.execute(sql`
    insert into chunk_place (version_id, ordinal, org_id, chunk_id, start, "end", page)
    select ${owner.versionId}, r.ordinal, ${scope.orgId}, r.id, r.start, r."end", r.page
    from jsonb_to_recordset(${json}::jsonb) as r(id uuid, ordinal integer, start integer, "end" integer, page integer)`);
  await transaction.execute(sql`
    insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id, version_id, embedding)
    select r.id, ${owner.vectorSpace}, ${scope.orgId}, ${owner.collectionId}, ${owner.documentId}, ${owner.versionId},
      r.embedding::vector
    from jsonb_to_recordset(${json}::jsonb) as r(id uuid, embedding text)`);
}

/** Ordinals of the passages of a version that are stored with a vector of this space. */
export async function findChunkOrdinals(scope: TenantScope, owner: ChunkOwner): Promise<Set<number>> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ ordinal: number }>(sql`
      select p.ordinal from chunk_place p join chunk_vector v on v.chunk_id = p.chunk_id
      where p.org_id = ${scope.orgId} and p.version_id = ${owner.versionId}
        and v.vector_space = ${owner.vectorSpace}`),
  );
  return new Set(rows.map(({ ordinal }) => ordinal));
}

/** Which passages of a document to remove. */
export type ChunkRemoval =
  | { readonly documentId: string }
  | { readonly documentId: string; readonly exceptVersionId: string }
  | { readonly documentId: string; readonly versionId: string; readonly exceptVectorSpace: string };

/** Removes at most `limit` passages and returns how many went. */
export async function deleteChunks(
  scope: TenantScope,
  removal: ChunkRemoval,
  limit: number,
): Promise<number> {
  const condition =
    "exceptVersionId" in removal
      ? sql`and version_id <> ${removal.exceptVersionId}`
      : "versionId" in removal
        ? sql`and version_id = ${removal.versionId} and not exists (select from chunk_vector v
            where v.chunk_id = chunk.id and v.vector_space = ${removal.exceptVectorSpace})`
        : sql``;
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      delete from chunk where id in (
        select id from chunk where org_id = ${scope.orgId} and document_id = ${removal.documentId} ${condition}
        limit ${limit})
      returning id`),
  );
  return rows.length;
}
