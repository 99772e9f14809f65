import { sql } from "drizzle-orm";
import { database, readTenant } from "../../platform/db/index.ts";
import { type Reader, uuidArray } from "./access.ts";
import { conditions, type SearchFilter } from "./search-filter.ts";

export type { SearchFilter } from "./search-filter.ts";

/** A passage with its document, as a result shows it. */
export interface PassageFacts {
  readonly chunkId: string;
  readonly collectionId: string;
  readonly documentId: string;
  /** The document's active version, to which place and offsets belong. */
  readonly versionId: string;
  readonly title: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly headingPath: string[];
  readonly page: number | null;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A passage as it was read. */
export interface FoundPassage extends PassageFacts {
  /** What the keyword index holds for it, when that was asked for. */
  readonly searchTerms: string | null;
}

/**
 * The passages with these ids, in any order; what is no longer the reader's to see is left out.
 *
 * @param withTerms those of them whose terms are asked for.
 */
export async function findPassages(
  reader: Reader,
  filter: SearchFilter,
  chunkIds: readonly string[],
  withTerms: readonly string[] = [],
): Promise<FoundPassage[]> {
  if (chunkIds.length === 0) return [];
  return readTenant<FoundPassage>(
    reader,
    sql`select c.id as "chunkId", c.collection_id as "collectionId", c.document_id as "documentId",
        p.version_id as "versionId", d.title, d.file_name as "fileName", d.media_type as "mediaType",
        c.heading_path as "headingPath", p.page, p.start, p."end", c.text,
        case when c.id = any(${uuidArray(withTerms)}::uuid[]) then c.search_terms end as "searchTerms"
      from chunk c join document d on d.org_id = c.org_id and d.id = c.document_id
      join lateral (select version_id, page, start, "end" from chunk_place
        where chunk_id = c.id and version_id = d.active_version_id order by ordinal limit 1) p on true
      where c.id = any(${uuidArray(chunkIds)}::uuid[]) and ${conditions(reader, filter)}`,
    { enable_seqscan: "off", plan_cache_mode: "force_generic_plan" },
  );
}

/** Which keyword engine this database has: BM25 when its index is there. */
export async function findKeywordEngine(): Promise<"bm25" | "ts_rank"> {
  const [row] = await database().drizzle.execute(sql`select 1 from pg_class where relname = 'chunk_bm25'`);
  return row === undefined ? "ts_rank" : "bm25";
}
