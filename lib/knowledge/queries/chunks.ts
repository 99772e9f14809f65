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
  readonly indexedText: string;
  readonly embedding: Float32Array;
}

/** Whose passages they are. */
export interface ChunkOwner {
  readonly collectionId: string;
  readonly documentId: string;
  readonly versionId: string;
  readonly vectorSpace: string;
}

/** A vector as PostgreSQL reads it; seven digits are all a 32-bit float is sure of. */
export function vectorLiteral(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => Number(value.toPrecision(7))).join(",")}]`;
}

/** Stores passages of a version in one statement; those that are there already stay. */
export async function insertChunks(
  transaction: Transaction,
  scope: TenantScope,
  owner: ChunkOwner,
  chunks: readonly NewChunk[],
): Promise<void> {
  const rows = chunks.map(({ embedding, headingPath, indexedText, ...chunk }) => ({
    ...chunk,
    id: newId(),
    heading_path: headingPath,
    indexed_text: indexedText,
    embedding: vectorLiteral(embedding),
  }));
  await transaction.execute(sql`
    insert into chunk (id, org_id, collection_id, document_id, version_id, ordinal, start, "end", page, heading_path,
      text, indexed_text, vector_space, embedding)
    select r.id, ${scope.orgId}, ${owner.collectionId}, ${owner.documentId}, ${owner.versionId}, r.ordinal, r.start,
      r."end", r.page, r.heading_path, r.text, r.indexed_text, ${owner.vectorSpace}, r.embedding::vector
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, ordinal integer, start integer,
      "end" integer, page integer, heading_path text[], text text, indexed_text text, embedding text)
    on conflict do nothing`);
}

/** Ordinals of the passages of a version that are stored in this vector space. */
export async function findChunkOrdinals(scope: TenantScope, owner: ChunkOwner): Promise<Set<number>> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ ordinal: number }>(sql`
      select ordinal from chunk where org_id = ${scope.orgId} and version_id = ${owner.versionId}
        and vector_space = ${owner.vectorSpace}`),
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
        ? sql`and version_id = ${removal.versionId} and vector_space <> ${removal.exceptVectorSpace}`
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
