import { type SQL, sql } from "drizzle-orm";
import { readTenant, type TenantScope } from "../../platform/db/index.ts";
import type { ShelfChanges, ShelfMarks } from "../shelf/shelves.ts";
import type { WordRow } from "../word-shelf/word-shelf.ts";

/** Columns of {@link wordChanges}. */
export interface WordChangeColumns {
  /** Number, passage, collection, document, version, terms and the document's title. */
  readonly word_rows: readonly (readonly [number, string, string, string, string, string, string])[];
  readonly word_removed: readonly number[];
  /** Documents whose title changed, with the title. */
  readonly word_titles: readonly (readonly [string, string])[];
  readonly word_removal_mark: number;
}

/** Rows in one statement: a kilobyte each, so that it stays near 20 ms. */
const CHANGES_MAX = 200;

/** Columns of a select list that bring what is new in the terms of an organisation's passages. */
export function wordChanges({ orgId }: TenantScope, marks: ShelfMarks): SQL {
  return sql`
    (select coalesce(json_agg(json_build_array(r.seq, r.id, r.collection_id, r.document_id, r.version_id,
        r.search_terms, (select d.title from document d where d.org_id = r.org_id and d.id = r.document_id))), '[]')
      from (select * from chunk where org_id = ${orgId} and seq > ${marks.row}
        order by seq limit ${sql.raw(String(CHANGES_MAX))}) r) as word_rows,
    (select coalesce(json_agg(w.chunk_seq), '[]') from chunk_removal w
      where w.org_id = ${orgId} and w.seq > ${marks.removal} and w.chunk_seq is not null) as word_removed,
    (select coalesce(json_agg(json_build_array(d.id, d.title)), '[]') from chunk_removal w
      join document d on d.org_id = w.org_id and d.id = w.retitled_document_id
      where w.org_id = ${orgId} and w.seq > ${marks.removal}) as word_titles,
    coalesce((select max(w.seq) from chunk_removal w where w.org_id = ${orgId}), 0)::float8 as word_removal_mark`;
}

/** Those columns as changes. */
export function toWordChanges(columns: WordChangeColumns): ShelfChanges<WordRow> {
  return {
    rows: columns.word_rows.map(([seq, chunkId, collectionId, documentId, versionId, terms, title]) => ({
      seq,
      chunkId,
      collectionId,
      documentId,
      versionId,
      terms,
      title,
    })),
    removed: columns.word_removed,
    titles: columns.word_titles,
    removalMark: columns.word_removal_mark,
    hasMore: columns.word_rows.length >= CHANGES_MAX,
  };
}

/** Reads the changes alone: while a copy is being made, and every minute. */
export async function readWordChanges(scope: TenantScope, marks: ShelfMarks): Promise<ShelfChanges<WordRow>> {
  const [columns] = await readTenant<WordChangeColumns>(scope, sql`select ${wordChanges(scope, marks)}`, {
    enable_sort: "off",
    enable_seqscan: "off",
    plan_cache_mode: "force_generic_plan",
  });
  return columns === undefined
    ? { rows: [], removed: [], removalMark: marks.removal, hasMore: false }
    : toWordChanges(columns);
}
