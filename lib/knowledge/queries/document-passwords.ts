import { sql } from "drizzle-orm";
import { type TenantScope, type Transaction, withSystem, withTenant } from "../../platform/db/index.ts";
import { queuedAgain } from "./documents.ts";

/** Longest time a password waits for its reading. */
const KEPT_SECONDS = 3_600;

/**
 * Queues a protected document, ahead of imports, with the password for that reading; false when it is not one that a
 * password may help. `alongside` runs in the same transaction.
 */
export async function queueWithPassword(
  scope: TenantScope,
  documentId: string,
  { sealed, mediaType }: { readonly sealed: string; readonly mediaType: string },
  alongside: (transaction: Transaction) => Promise<void>,
): Promise<boolean> {
  return withTenant(scope, async (transaction) => {
    const queued = await transaction.execute(sql`
      update document set ${queuedAgain("online")} where org_id = ${scope.orgId} and id = ${documentId}
        and state = 'failed' and error_code in ('document_encrypted', 'document_password_wrong')
        and media_type = ${mediaType} returning id`);
    if (queued.length === 0) return false;
    await transaction.execute(sql`
      insert into document_password (document_id, org_id, sealed, expires_at)
      values (${documentId}, ${scope.orgId}, ${sealed}, now() + make_interval(secs => ${KEPT_SECONDS}))
      on conflict (document_id) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`);
    await alongside(transaction);
    return true;
  });
}

/** The sealed password that waits for the reading of a document; null when there is none or its hour is over. */
export async function findSealedPassword(scope: TenantScope, documentId: string): Promise<string | null> {
  const [row] = await withTenant(scope, (transaction) =>
    transaction.execute<{ sealed: string }>(sql`
      select sealed from document_password
      where org_id = ${scope.orgId} and document_id = ${documentId} and expires_at > now()`),
  );
  return row?.sealed ?? null;
}

/** Removes passwords whose hour is over, in all organisations. */
export async function deleteExpiredPasswords(): Promise<void> {
  await withSystem((transaction) =>
    transaction.execute(sql`delete from document_password where expires_at <= now()`),
  );
}
