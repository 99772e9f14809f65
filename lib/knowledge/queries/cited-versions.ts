import { sql } from "drizzle-orm";
import { withTenant } from "../../platform/db/index.ts";
import { type Reader, readableCollections, uuidArray } from "./access.ts";

/** A document that citations name, as a reader may see it now. */
export interface CitedDocument extends Record<string, unknown> {
  readonly documentId: string;
  readonly versionId: string;
  /** When the version that searches see was made. */
  readonly changedAt: string;
}

/** The documents among these that the reader may open now; deleted and foreign ones are missing alike. */
export async function findCitedDocuments(
  reader: Reader,
  documentIds: readonly string[],
): Promise<CitedDocument[]> {
  if (documentIds.length === 0) return [];
  const rows = await withTenant(
    reader,
    (transaction) =>
      transaction.execute<CitedDocument>(sql`
        select d.id as "documentId", v.id as "versionId", v.created_at as "changedAt"
        from document d join document_version v on v.org_id = d.org_id and v.id = d.active_version_id
        where d.org_id = ${reader.orgId} and d.id = any(${uuidArray(documentIds)}::uuid[])
          and d.state <> 'deleting' and d.collection_id in (${readableCollections(reader)})`),
    { readOnly: true },
  );
  return rows.map((row) => ({ ...row, changedAt: new Date(row.changedAt).toISOString() }));
}
