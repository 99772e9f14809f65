import { sql } from "drizzle-orm";
import { withSystem } from "../../platform/db/index.ts";

/** A passage whose terms another analysis made. */
export interface StaleChunk extends Record<string, unknown> {
  readonly id: string;
  readonly title: string;
  readonly headingPath: string[];
  readonly context: string | null;
  readonly note: string | null;
  readonly text: string;
}

/** Some of the passages whose terms are not of this analysis, across organisations. */
export async function findStaleChunks(version: number, limit: number): Promise<readonly StaleChunk[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<StaleChunk>(sql`
      (select c.id, d.title, c.heading_path as "headingPath", c.context, c.note, c.text
        from chunk c join document d on d.id = c.document_id where c.terms_version < ${version} limit ${limit})
      union all
      (select c.id, d.title, c.heading_path as "headingPath", c.context, c.note, c.text
        from chunk c join document d on d.id = c.document_id where c.terms_version > ${version} limit ${limit})
      limit ${limit}`),
  );
  return Array.from(rows);
}

/** A passage analysed anew. */
export interface FreshTerms {
  readonly id: string;
  readonly searchTerms: string;
  readonly contentKey: string;
}

/** Writes new terms of passages. */
export async function storeTerms(version: number, fresh: readonly FreshTerms[]): Promise<void> {
  await withSystem((transaction) =>
    transaction.execute(sql`
      update chunk c set search_terms = f."searchTerms", content_key = f."contentKey", terms_version = ${version}
      from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) as f(id uuid, "searchTerms" text, "contentKey" uuid)
      where c.id = f.id`),
  );
}
