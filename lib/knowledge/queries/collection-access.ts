import { sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import type { AccessLevel, Collection } from "../schema.ts";

/** What decides about a collection beside its access list. */
export interface CollectionHead {
  readonly ownerId: string | null;
  readonly visibility: Collection["visibility"];
}

/** Owner and visibility; null when the collection is missing. */
export async function findCollectionHead(scope: TenantScope, id: string): Promise<CollectionHead | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<{ ownerId: string | null; visibility: Collection["visibility"] }>(sql`
      select owner_id as "ownerId", visibility from collection where org_id = ${scope.orgId} and id = ${id}`),
  );
  return row ?? null;
}

/** The access list of a collection, the earliest entry first. */
export async function findAccessRows(
  scope: TenantScope,
  collectionId: string,
): Promise<readonly { readonly userId: string; readonly level: AccessLevel }[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<{ userId: string; level: AccessLevel }>(sql`
      select user_id as "userId", level from collection_access
      where org_id = ${scope.orgId} and collection_id = ${collectionId} order by created_at, user_id limit 500`),
  );
  return Array.from(rows);
}

/** What else happens in the transaction of a change: its line in the audit log. */
type Alongside = (transaction: Transaction, previous: AccessLevel | null) => Promise<void>;

/** Writes one line of the access list; a line that says the same already stays, and nothing happens alongside. */
export async function putAccessRow(
  scope: TenantScope,
  entry: { readonly collectionId: string; readonly userId: string; readonly level: AccessLevel },
  alongside: Alongside,
): Promise<void> {
  await withTenant(scope, async (transaction) => {
    const [known] = await transaction.execute<{ level: AccessLevel }>(sql`
      select level from collection_access where org_id = ${scope.orgId}
        and collection_id = ${entry.collectionId} and user_id = ${entry.userId} for update`);
    if (known?.level === entry.level) return;
    await transaction.execute(sql`
      insert into collection_access (org_id, collection_id, user_id, level)
      values (${scope.orgId}, ${entry.collectionId}, ${entry.userId}, ${entry.level})
      on conflict (collection_id, user_id) do update set level = excluded.level`);
    await alongside(transaction, known?.level ?? null);
  });
}

/** Removes one line of the access list; false when there was none. */
export async function deleteAccessRow(
  scope: TenantScope,
  entry: { readonly collectionId: string; readonly userId: string },
  alongside: Alongside,
): Promise<boolean> {
  return withTenant(scope, async (transaction) => {
    const [removed] = await transaction.execute<{ level: AccessLevel }>(sql`
      delete from collection_access where org_id = ${scope.orgId}
        and collection_id = ${entry.collectionId} and user_id = ${entry.userId} returning level`);
    if (removed === undefined) return false;
    await alongside(transaction, removed.level);
    return true;
  });
}
