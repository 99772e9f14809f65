import { sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withTenant } from "../../platform/db/index.ts";
import { uuidArray } from "./access.ts";

/** A sentence about a passage under what decides about it. */
export interface StoredNote {
  readonly key: string;
  readonly note: string;
}

/** The sentences that are kept for a document, by key. */
export async function findNotes(
  scope: TenantScope,
  documentId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<StoredNote & Record<string, unknown>>(sql`
      select key, note from passage_note where org_id = ${scope.orgId} and document_id = ${documentId}
        and key = any(${uuidArray(keys)}::uuid[])`),
  );
  return new Map(rows.map(({ key, note }) => [key, note]));
}

/** Keeps sentences about passages of a document; nothing happens when the document is being deleted. */
export async function storeNotes(
  scope: TenantScope,
  documentId: string,
  notes: readonly StoredNote[],
): Promise<void> {
  if (notes.length === 0) return;
  await withTenant(scope, (transaction) =>
    // The lock keeps the row until the commit; from then on its sentences go with it.
    transaction.execute(sql`
      insert into passage_note (document_id, key, org_id, note)
      select d.id, n.key, ${scope.orgId}, n.note
      from (select id from document where org_id = ${scope.orgId} and id = ${documentId} and state <> 'deleting'
          for key share) d
        cross join jsonb_to_recordset(${JSON.stringify(notes)}::jsonb) as n(key uuid, note text)
      on conflict do nothing`),
  );
}

/** Removes the sentences of a document that its newest reading did not use. */
export async function forgetOtherNotes(
  scope: TenantScope,
  documentId: string,
  keys: readonly string[],
): Promise<void> {
  await withTenant(scope, (transaction) =>
    transaction.execute(sql`
      delete from passage_note where org_id = ${scope.orgId} and document_id = ${documentId}
        and key <> all(${uuidArray(keys)}::uuid[])`),
  );
}

/** Removes at most `limit` sentences of a document and returns how many went. */
export async function deleteNotes(
  transaction: Transaction,
  scope: TenantScope,
  documentId: string,
  limit: number,
): Promise<number> {
  const rows = await transaction.execute(sql`
    delete from passage_note where org_id = ${scope.orgId} and document_id = ${documentId} and key in (
      select key from passage_note where org_id = ${scope.orgId} and document_id = ${documentId} limit ${limit})
    returning 1`);
  return rows.length;
}
