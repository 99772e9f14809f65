import { type SQL, sql } from "drizzle-orm";
import { readTenant, type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { newId } from "../../shared/ids.ts";
import type { Collection, UpdateCollection } from "../schema.ts";
import { accessJoin, accessLevel, type Reader } from "./access.ts";

/** A collection as it is stored. */
export type CollectionRow = Omit<Collection, "settings" | "vectorSpace" | "embedderSpace"> & {
  /** What was chosen here; what is missing is the default. */
  readonly settings: unknown;
  /** Null: the space that the embedder makes now. */
  readonly vectorSpace: string | null;
};

type Row = Omit<CollectionRow, "createdAt" | "documentCount"> & {
  readonly createdAt: string;
  readonly documentCount: string;
} & Record<string, unknown>;

function selectCollections(reader: Reader, condition: SQL): SQL {
  return sql`select c.id, c.name, c.description, c.visibility, c.is_sample as "isSample",
      ${accessLevel(reader)} as level, c.created_at as "createdAt", c.settings, c.vector_space as "vectorSpace",
      (select count(*) from document d where d.org_id = c.org_id and d.collection_id = c.id
        and d.state <> 'deleting') as "documentCount"
    from collection c ${accessJoin(reader)}
    where c.org_id = ${reader.orgId} and (${accessLevel(reader)}) is not null ${condition}
    order by c.is_sample, c.created_at, c.id`;
}

function toCollection({ createdAt, documentCount, ...row }: Row): CollectionRow {
  return { ...row, documentCount: Number(documentCount), createdAt: new Date(createdAt).toISOString() };
}

/** Collections the reader may read, the samples last. */
export async function findCollectionRows(reader: Reader): Promise<CollectionRow[]> {
  const rows = await withTenant(reader, (transaction) =>
    transaction.execute<Row>(selectCollections(reader, sql``)),
  );
  return rows.map(toCollection);
}

/** One collection; null when it is missing or not the reader's to see. */
export async function findCollectionRow(reader: Reader, id: string): Promise<CollectionRow | null> {
  const [row] = await withTenant(reader, (transaction) =>
    transaction.execute<Row>(selectCollections(reader, sql`and c.id = ${id}`)),
  );
  return row === undefined ? null : toCollection(row);
}

/** What the reader may do with a collection; null when it is missing or not theirs to see. */
export async function findCollectionLevel(reader: Reader, id: string): Promise<Collection["level"] | null> {
  const [row] = await readTenant<{ level: Collection["level"] | null }>(
    reader,
    sql`select ${accessLevel(reader)} as level from collection c ${accessJoin(reader)}
      where c.org_id = ${reader.orgId} and c.id = ${id}`,
  );
  return row?.level ?? null;
}

/** A new collection to store. */
export interface NewCollection {
  readonly name: string;
  readonly description: string;
  readonly visibility: Collection["visibility"];
  readonly ownerId: string | null;
  readonly isSample?: boolean;
}

/** What else happens in the transaction of a change, once there was one: its line in the audit log. */
type Alongside = (transaction: Transaction, id: string) => Promise<void>;

/** Stores a collection and returns its id. */
export async function insertCollection(
  scope: TenantScope,
  collection: NewCollection,
  alongside: Alongside,
): Promise<string> {
  const id = newId();
  await withTenant(scope, async (transaction) => {
    await transaction.execute(sql`
      insert into collection (id, org_id, name, description, visibility, owner_id, is_sample)
      values (${id}, ${scope.orgId}, ${collection.name}, ${collection.description}, ${collection.visibility},
        ${collection.ownerId}, ${collection.isSample ?? false})`);
    await alongside(transaction, id);
  });
  return id;
}

/** The named collection of that owner (or, without owner, of the samples); made when missing. */
export async function ensureCollection(scope: TenantScope, collection: NewCollection): Promise<string> {
  const id = newId();
  return withTenant(scope, async (transaction) => {
    // Two first requests of one person must not make two collections.
    await transaction.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`${collection.ownerId}/${collection.name}`}, 20))`,
    );
    const [known] = await transaction.execute<{ id: string }>(sql`
      select id from collection where org_id = ${scope.orgId} and name = ${collection.name}
        and owner_id is not distinct from ${collection.ownerId}::uuid
        and is_sample = ${collection.isSample ?? false} limit 1`);
    if (known !== undefined) return known.id;
    await transaction.execute(sql`
      insert into collection (id, org_id, name, description, visibility, owner_id, is_sample)
      values (${id}, ${scope.orgId}, ${collection.name}, ${collection.description}, ${collection.visibility},
        ${collection.ownerId}, ${collection.isSample ?? false})`);
    return id;
  });
}

/** Changes the given fields. */
export async function updateCollectionRow(
  scope: TenantScope,
  id: string,
  change: UpdateCollection,
  alongside: Alongside,
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    const changed = await transaction.execute(sql`
      update collection set name = coalesce(${change.name ?? null}, name),
        description = coalesce(${change.description ?? null}, description),
        visibility = coalesce(${change.visibility ?? null}, visibility),
        settings = settings || ${JSON.stringify(change.settings ?? {})}::jsonb
      where org_id = ${scope.orgId} and id = ${id} returning id`);
    if (changed.length > 0) await alongside(transaction, id);
  });
}

/** Removes a collection; false when documents are left in it. */
export async function deleteCollectionRow(
  scope: TenantScope,
  id: string,
  alongside: Alongside,
): Promise<boolean> {
  return withTenant(scope, async (transaction) => {
    const left = await transaction.execute(
      sql`select 1 from document where org_id = ${scope.orgId} and collection_id = ${id} limit 1`,
    );
    if (left.length > 0) return false;
    const removed = await transaction.execute(
      sql`delete from collection where org_id = ${scope.orgId} and id = ${id} returning id`,
    );
    if (removed.length > 0) await alongside(transaction, id);
    return true;
  });
}
