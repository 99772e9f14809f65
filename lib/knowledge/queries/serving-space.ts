import { sql } from "drizzle-orm";
import { type TenantScope, withSystem, withTenant } from "../../platform/db/index.ts";
import { uuidArray } from "./access.ts";
import { directionArray, unitVector } from "./vector-values.ts";

/** The space that answers searches of an organisation; null while none of its collections names one. */
export async function findServingSpace(scope: TenantScope): Promise<string | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<{ space: string }>(sql`
      select vector_space as space from collection
      where org_id = ${scope.orgId} and vector_space is not null limit 1`),
  );
  return row?.space ?? null;
}

/** An organisation and the space its collections name. */
export interface OrganisationSpace {
  readonly orgId: string;
  /** Null when a collection names none yet. */
  readonly space: string | null;
}

/** What the collections of each organisation name, across organisations: one row for each, or more while they differ. */
export async function findOrganisationSpaces(): Promise<readonly OrganisationSpace[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<OrganisationSpace & Record<string, unknown>>(
      sql`select distinct org_id as "orgId", vector_space as space from collection`,
    ),
  );
  return Array.from(rows);
}

/** Organisations that have vectors in another space than this one, across organisations. */
export async function findOrganisationsBehind(space: string): Promise<readonly string[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string }>(sql`
      select o.org_id as "orgId" from (select distinct org_id from collection) o
      where exists (select 1 from vector_space s where s.name <> ${space} and exists (
        select 1 from chunk_vector v where v.org_id = o.org_id and v.vector_space = s.name))`),
  );
  return rows.map(({ orgId }) => orgId);
}

/** True while a document that somebody waits for is on its way. */
export async function hasOnlineWork(): Promise<boolean> {
  const rows = await withSystem((transaction) =>
    transaction.execute(sql`
      select 1 from document where state in ('queued', 'parsing', 'ocr', 'indexing') and priority = 'online'
        and not is_paused limit 1`),
  );
  return rows.length > 0;
}

/** Lets a space answer the searches of an organisation, in one commit. */
export async function setServingSpace(scope: TenantScope, space: string): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      update collection set vector_space = ${space}
      where org_id = ${scope.orgId} and vector_space is distinct from ${space}`),
  );
}

/** The spaces in which an organisation has vectors. */
export async function findUsedSpaces(scope: TenantScope): Promise<readonly string[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ name: string }>(sql`
      select s.name from vector_space s where exists (
        select 1 from chunk_vector v where v.org_id = ${scope.orgId} and v.vector_space = s.name)
      order by s.created_at`),
  );
  return rows.map(({ name }) => name);
}

/** How many passages of an organisation there are, and how many have a vector in each space. */
export async function countVectors(scope: TenantScope): Promise<{
  readonly passages: number;
  readonly spaces: readonly { name: string; dimensions: number; passages: number }[];
}> {
  const used = await findUsedSpaces(scope);
  return withTenant(scope, async (transaction) => {
    const [total] = await transaction.execute<{ count: number }>(
      sql`select count(*)::integer as count from chunk where org_id = ${scope.orgId}`,
    );
    const spaces: { name: string; dimensions: number; passages: number }[] = [];
    for (const name of used) {
      const [row] = await transaction.execute<{ dimensions: number; passages: number }>(sql`
        select s.dimensions, (select count(*)::integer from chunk_vector v
          where v.org_id = ${scope.orgId} and v.vector_space = s.name) as passages
        from vector_space s where s.name = ${name}`);
      if (row !== undefined) spaces.push({ name, ...row });
    }
    return { passages: total?.count ?? 0, spaces };
  });
}

/** Ids of documents after one, in order: the way through an organisation. */
export async function findDocumentIdsAfter(
  scope: TenantScope,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ id: string }>(sql`
      select id from document where org_id = ${scope.orgId} and state <> 'deleting'
        ${after === null ? sql`` : sql`and id > ${after}`}
      order by id limit ${limit}`),
  );
  return rows.map(({ id }) => id);
}

/** A passage without a vector in a space, with what its vector is made of. */
export interface UnembeddedChunk {
  readonly id: string;
  readonly createdBy: string | null;
  readonly title: string;
  readonly headingPath: string[];
  readonly context: string | null;
  readonly note: string | null;
  readonly text: string;
}

/** Some passages of documents that have no vector in a space yet. */
export async function findUnembedded(
  scope: TenantScope,
  documentIds: readonly string[],
  space: string,
  limit: number,
): Promise<readonly UnembeddedChunk[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<UnembeddedChunk & Record<string, unknown>>(sql`
      select c.id, d.created_by as "createdBy", d.title, c.heading_path as "headingPath", c.context, c.note,
        c.text
      from chunk c join document d on d.org_id = c.org_id and d.id = c.document_id
      where c.org_id = ${scope.orgId} and c.document_id = any(${uuidArray(documentIds)}::uuid[])
        and d.state <> 'deleting' and not exists (
          select 1 from chunk_vector v where v.chunk_id = c.id and v.vector_space = ${space})
      limit ${limit}`),
  );
  return Array.from(rows);
}

/** A vector, and the sentence about its passage that went into it. */
export interface NewVector {
  readonly id: string;
  readonly note: string | null;
  readonly embedding: Float32Array;
}

/**
 * Stores vectors of passages that are there still and about which nothing else is said by now; each takes over what its
 * passage says of versions.
 */
export async function insertVectors(
  scope: TenantScope,
  space: string,
  vectors: readonly NewVector[],
): Promise<void> {
  if (vectors.length === 0) return;
  const ids = uuidArray(vectors.map(({ id }) => id));
  const notes = JSON.stringify(vectors.map(({ id, note }) => ({ id, note })));
  await withTenant(scope, (transaction) =>
    // The lock waits for whoever retires or removes a passage just now: the vector must not outlive it.
    transaction.execute(sql`
      insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id, version_id, retired_by,
        embedding)
      select c.id, ${space}, c.org_id, c.collection_id, c.document_id, c.version_id, c.retired_by, ${unitVector(sql`r.embedding`)}
      from (select * from chunk where org_id = ${scope.orgId}
          and id = any(${ids}::uuid[]) for share) c
        join jsonb_to_recordset(${notes}::jsonb) as n(id uuid, note text)
          on n.id = c.id and n.note is not distinct from c.note
        join unnest(${ids}::uuid[], ${directionArray(vectors.map(({ embedding }) => embedding))}::text[]) as r(id, embedding)
          on r.id = c.id
      on conflict do nothing`),
  );
}

/** Removes at most `limit` vectors of passages that have one in this space, and returns how many went. */
export async function deleteOtherVectors(scope: TenantScope, space: string, limit: number): Promise<number> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      delete from chunk_vector where (chunk_id, vector_space) in (
        select o.chunk_id, o.vector_space from chunk_vector o where o.org_id = ${scope.orgId}
          and o.vector_space = any(array(select name from vector_space where name <> ${space}))
          and exists (select 1 from chunk_vector n where n.chunk_id = o.chunk_id and n.vector_space = ${space})
        limit ${limit})
      returning 1`),
  );
  return rows.length;
}
