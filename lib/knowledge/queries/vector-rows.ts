import { type SQL, sql } from "drizzle-orm";
import { readTenant, type TenantScope } from "../../platform/db/index.ts";
import type { ShelfChanges, ShelfMarks } from "../shelf/shelves.ts";
import type { ShelfRow } from "../vector-shelf/vector-shelf.ts";

/** Columns of {@link vectorChanges}. */
export interface VectorChangeColumns {
  /** Number, passage, collection, document, version, and the vector as pgvector sends it, in base 64. */
  readonly vector_rows: readonly (readonly [number, string, string, string, string, string])[];
  readonly vector_removed: readonly number[];
  readonly vector_removal_mark: number;
}

/** Rows in one statement: two kilobytes each, so that it stays near 10 ms. */
const CHANGES_MAX = 400;

/** Columns of a select list that bring what is new in an organisation's vectors of a space. */
export function vectorChanges({ orgId }: TenantScope, space: string, marks: ShelfMarks): SQL {
  return sql`
    (select coalesce(json_agg(json_build_array(r.seq, r.chunk_id, r.collection_id, r.document_id, r.version_id,
        encode(vector_send(r.embedding), 'base64'))), '[]')
      from (select * from chunk_vector where org_id = ${orgId} and vector_space = ${space} and seq > ${marks.row}
        order by seq limit ${sql.raw(String(CHANGES_MAX))}) r) as vector_rows,
    (select coalesce(json_agg(v.vector_seq), '[]') from vector_removal v
      where v.org_id = ${orgId} and v.vector_space = ${space} and v.seq > ${marks.removal}) as vector_removed,
    coalesce((select max(v.seq) from vector_removal v where v.org_id = ${orgId} and v.vector_space = ${space}),
      0)::float8 as vector_removal_mark`;
}

/** Those columns as changes. */
export function toVectorChanges(columns: VectorChangeColumns): ShelfChanges<ShelfRow> {
  return {
    rows: columns.vector_rows.map(([seq, chunkId, collectionId, documentId, versionId, vector]) => ({
      seq,
      chunkId,
      collectionId,
      documentId,
      versionId,
      vector: fromSent(vector),
    })),
    removed: columns.vector_removed,
    removalMark: columns.vector_removal_mark,
    hasMore: columns.vector_rows.length >= CHANGES_MAX,
  };
}

/** Reads the changes alone: while a copy is being made, and every minute. */
export async function readVectorChanges(
  scope: TenantScope,
  space: string,
  marks: ShelfMarks,
): Promise<ShelfChanges<ShelfRow>> {
  const [columns] = await readTenant<VectorChangeColumns>(
    scope,
    sql`select ${vectorChanges(scope, space, marks)}`,
    { enable_sort: "off", enable_seqscan: "off", plan_cache_mode: "force_generic_plan" },
  );
  return columns === undefined
    ? { rows: [], removed: [], removalMark: marks.removal, hasMore: false }
    : toVectorChanges(columns);
}

/** pgvector sends two 16-bit numbers (dimensions, nothing), then 32-bit floats, highest byte first. */
function fromSent(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64").subarray(4);
  const values = new Float32Array(bytes.length / 4);
  Buffer.from(values.buffer).set(bytes);
  Buffer.from(values.buffer).swap32();
  return values;
}
