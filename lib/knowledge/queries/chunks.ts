import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { newId } from "../../shared/ids.ts";
import { SEARCH_TERMS_VERSION } from "../../shared/text/search-terms.ts";
import { hashKey } from "../hash-key.ts";
import { uuidArray } from "./access.ts";
import { directionArray, unitVector } from "./vector-values.ts";

/** Where a passage stands in a version. */
export interface ChunkPlace {
  readonly ordinal: number;
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
}

/** A passage to store. */
export interface NewChunk extends ChunkPlace {
  readonly headingPath: readonly string[];
  readonly context: string | null;
  /** A sentence that a model wrote about it. */
  readonly note: string | null;
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
}

/** Passages of one version, to be stored. */
export interface OwnedChunks {
  readonly owner: ChunkOwner;
  readonly chunks: readonly NewChunk[];
}

/** Names what the indexes see of a passage and its text; equal keys mean the same passage. */
export function contentKey(indexed: string, headingPath: readonly string[], text: string): string {
  return hashKey([indexed, headingPath, text]);
}

/** Stores passages of some versions with their places and vectors; all statements are sent at once, in their order. */
export async function insertChunks(
  transaction: Transaction,
  scope: TenantScope,
  owned: readonly OwnedChunks[],
  vectorSpace: string,
): Promise<void> {
  const rows = owned.flatMap(({ owner, chunks }) => chunks.map((chunk) => ({ id: newId(), owner, chunk })));
  if (rows.length === 0) return;
  const json = JSON.stringify(
    rows.map(({ id, owner, chunk: { embedding: _embedding, ...chunk } }) => ({ id, ...owner, ...chunk })),
  );
  const places = rows.map(({ id, owner, chunk }) => ({ ...chunk, chunkId: id, versionId: owner.versionId }));
  await Promise.all([
    insertRows(
      transaction,
      sql`
      insert into chunk (id, org_id, collection_id, document_id, version_id, content_key, heading_path, context, note,
        text, search_terms, terms_version)
      select r.id, ${scope.orgId}, r."collectionId", r."documentId", r."versionId", r."contentKey", r."headingPath",
        r.context, r.note, r.text, r."searchTerms", ${SEARCH_TERMS_VERSION}
      from jsonb_to_recordset(${json}::jsonb) as r(id uuid, "collectionId" uuid, "documentId" uuid, "versionId" uuid,
        "contentKey" uuid, "headingPath" text[], context text, note text, text text, "searchTerms" text)`,
    ),
    insertPlaces(transaction, scope, places),
    insertRows(
      transaction,
      sql`
      insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id, version_id, embedding)
      select r.id, ${vectorSpace}, ${scope.orgId}, r.collection_id, r.document_id, r.version_id,
        ${unitVector(sql`r.embedding`)}
      from unnest(${uuidArray(rows.map(({ id }) => id))}::uuid[],
        ${uuidArray(rows.map(({ owner }) => owner.collectionId))}::uuid[],
        ${uuidArray(rows.map(({ owner }) => owner.documentId))}::uuid[],
        ${uuidArray(rows.map(({ owner }) => owner.versionId))}::uuid[],
        ${directionArray(rows.map(({ chunk }) => chunk.embedding))}::text[])
        as r(id, collection_id, document_id, version_id, embedding)`,
    ),
  ]);
}

/** Sends a statement now: drizzle's own waits to be waited for, and would come behind those of functions. */
async function insertRows(transaction: Transaction, statement: SQL): Promise<void> {
  await transaction.execute(statement);
}

/** A place of a passage that is stored. */
export interface StoredPlace extends ChunkPlace {
  readonly chunkId: string;
  readonly versionId: string;
}

/** Stores places of passages. */
export async function insertPlaces(
  transaction: Transaction,
  scope: TenantScope,
  places: readonly StoredPlace[],
): Promise<void> {
  if (places.length === 0) return;
  const numbers = (values: readonly (number | null)[]) =>
    `{${values.map((value) => value ?? "NULL").join(",")}}`;
  await transaction.execute(sql`
    insert into chunk_place (version_id, ordinal, org_id, chunk_id, start, "end", page)
    select r.version_id, r.ordinal, ${scope.orgId}, r.chunk_id, r.start, r.stop, r.page
    from unnest(${uuidArray(places.map(({ versionId }) => versionId))}::uuid[],
      ${uuidArray(places.map(({ chunkId }) => chunkId))}::uuid[],
      ${numbers(places.map(({ ordinal }) => ordinal))}::integer[],
      ${numbers(places.map(({ start }) => start))}::integer[],
      ${numbers(places.map(({ end }) => end))}::integer[],
      ${numbers(places.map(({ page }) => page))}::integer[])
      as r(version_id, chunk_id, ordinal, start, stop, page)
    on conflict do nothing`);
}

/** A passage that stands in a version. */
export interface PlacedChunk extends ChunkPlace {
  readonly documentId: string;
  readonly chunkId: string;
  readonly contentKey: string;
  readonly note: string | null;
}

/** The passages of the versions of documents in one state, in order. */
export async function findPlacedChunks(
  scope: TenantScope,
  documentIds: readonly string[],
  state: "active" | "building",
): Promise<readonly PlacedChunk[]> {
  if (documentIds.length === 0) return [];
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<PlacedChunk & Record<string, unknown>>(sql`
      select v.document_id as "documentId", p.ordinal, p.start, p."end", p.page, p.chunk_id as "chunkId",
        c.content_key as "contentKey", c.note
      from document_version v join chunk_place p on p.version_id = v.id join chunk c on c.id = p.chunk_id
      where v.org_id = ${scope.orgId} and v.document_id = any(${uuidArray(documentIds)}::uuid[])
        and v.state = ${state}
      order by v.document_id, p.ordinal`),
  );
  return Array.from(rows);
}

/** A passage that is stored, with what the indexes see of it from now on. */
export interface RevisedIndex extends Pick<NewChunk, "note" | "searchTerms" | "embedding"> {
  readonly chunkId: string;
}

/** Gives passages other sentences, terms and vectors; vectors of other spaces are made again in the background. */
export async function reviseChunks(
  transaction: Transaction,
  scope: TenantScope,
  revised: readonly RevisedIndex[],
  vectorSpace: string,
): Promise<void> {
  if (revised.length === 0) return;
  const ids = uuidArray(revised.map(({ chunkId }) => chunkId));
  const json = JSON.stringify(revised.map(({ embedding: _embedding, ...index }) => index));
  await Promise.all([
    insertRows(
      transaction,
      sql`
      update chunk c set note = r.note, search_terms = r."searchTerms", terms_version = ${SEARCH_TERMS_VERSION}
      from jsonb_to_recordset(${json}::jsonb) as r("chunkId" uuid, note text, "searchTerms" text)
      where c.org_id = ${scope.orgId} and c.id = r."chunkId"`,
    ),
    // Not changed in place: whoever holds a copy of the vectors follows by what goes and what comes.
    insertRows(
      transaction,
      sql`delete from chunk_vector where org_id = ${scope.orgId} and chunk_id = any(${ids}::uuid[])`,
    ),
    insertRows(
      transaction,
      sql`
      insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id, version_id, retired_by,
        embedding)
      select c.id, ${vectorSpace}, c.org_id, c.collection_id, c.document_id, c.version_id, c.retired_by,
        ${unitVector(sql`r.embedding`)}
      from unnest(${ids}::uuid[], ${directionArray(revised.map(({ embedding }) => embedding))}::text[])
        as r(id, embedding) join chunk c on c.org_id = ${scope.orgId} and c.id = r.id`,
    ),
  ]);
}

/** Marks passages as no longer part of the document from a version on; both stay visible until it is active. */
export async function retireChunks(
  transaction: Transaction,
  scope: TenantScope,
  versionId: string,
  chunkIds: readonly string[],
): Promise<void> {
  const ids = uuidArray(chunkIds);
  await transaction.execute(sql`
    update chunk set retired_by = ${versionId} where org_id = ${scope.orgId} and id = any(${ids}::uuid[])`);
  await transaction.execute(sql`
    update chunk_vector set retired_by = ${versionId} where org_id = ${scope.orgId} and chunk_id = any(${ids}::uuid[])`);
}

/** Removes passages by their ids, with their places and vectors. */
export async function deleteChunksById(
  transaction: Transaction,
  scope: TenantScope,
  chunkIds: readonly string[],
): Promise<void> {
  if (chunkIds.length === 0) return;
  await transaction.execute(
    sql`delete from chunk where org_id = ${scope.orgId} and id = any(${uuidArray(chunkIds)}::uuid[])`,
  );
}

/** Which passages of a document to remove: all, those a version brought, or those that another one retired. */
export type ChunkRemoval =
  | { readonly documentId: string }
  | { readonly documentId: string; readonly broughtBy: string }
  | { readonly documentId: string; readonly retiredBy: string };

function removalCondition(removal: ChunkRemoval) {
  if ("broughtBy" in removal) return sql`and version_id = ${removal.broughtBy}`;
  return "retiredBy" in removal ? sql`and retired_by = ${removal.retiredBy}` : sql``;
}

/** Removes at most `limit` passages and returns how many went. */
export async function deleteChunks(
  transaction: Transaction,
  scope: TenantScope,
  removal: ChunkRemoval,
  limit: number,
): Promise<number> {
  const rows = await transaction.execute(sql`
    delete from chunk where id in (
      select id from chunk where org_id = ${scope.orgId} and document_id = ${removal.documentId}
        ${removalCondition(removal)} limit ${limit})
    returning id`);
  return rows.length;
}

/** Takes back at most `limit` retirements by a version that never became active; returns how many. */
export async function keepRetiredChunks(
  transaction: Transaction,
  scope: TenantScope,
  retired: { readonly documentId: string; readonly versionId: string },
  limit: number,
): Promise<number> {
  const rows = await transaction.execute(sql`
    with kept as (
      update chunk set retired_by = null where id in (
        select id from chunk where org_id = ${scope.orgId} and document_id = ${retired.documentId}
          and retired_by = ${retired.versionId} limit ${limit})
      returning id
    ), vectors as (
      update chunk_vector set retired_by = null where chunk_id in (select id from kept) returning 1
    )
    select id from kept`);
  return rows.length;
}
