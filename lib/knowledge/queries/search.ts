import { type SQL, sql } from "drizzle-orm";
import { database, type Transaction, withTenant } from "../../platform/db/index.ts";
import { isVisible, type Reader, readableCollections, uuidArray } from "./access.ts";
import { vectorLiteral } from "./chunks.ts";
import type { VectorSpace } from "./vector-index.ts";

/** A passage found by one leg of a search; higher scores are better. */
export interface Candidate extends Record<string, unknown> {
  readonly id: string;
  readonly score: number;
}

/** Where to search. */
export interface SearchFilter {
  readonly collectionIds?: readonly string[] | undefined;
  readonly documentIds?: readonly string[] | undefined;
}

/** One search in the database. */
export interface SearchPlan {
  readonly filter: SearchFilter;
  readonly limit: number;
  /** Null leaves the keyword leg out. */
  readonly keywords: string | null;
  readonly keywordEngine: "bm25" | "ts_rank";
  /** Null leaves the semantic leg out. */
  readonly vector: Float32Array | null;
  readonly space: VectorSpace;
  readonly hasVectorIndex: boolean;
  /** Rows up to which the exact scan is taken; {@link EXACT_ROWS_MAX} by default. */
  readonly exactRowsMax?: number;
}

/** What the legs found. */
export interface FoundCandidates {
  readonly keyword: readonly Candidate[];
  readonly semantic: readonly Candidate[];
  readonly timingsMs: { readonly keyword: number; readonly semantic: number };
  /** `exact` or `hnsw`. */
  readonly vectorScan: "exact" | "hnsw" | null;
}

/** Up to this many rows an exact scan is as quick as the index and misses nothing. */
const EXACT_ROWS_MAX = 5_000;

/** Candidates the index walks through: twice what a leg returns. */
const EF_SEARCH = 200;

/**
 * All conditions on a chunk `c`: the organisation, collections the reader may read, the asked ones, and the version
 * that is active. Part of every statement, so that no row a reader may not see is ever counted or ranked.
 */
function conditions(reader: Reader, filter: SearchFilter): SQL {
  const documents =
    filter.documentIds === undefined || filter.documentIds.length === 0
      ? sql``
      : sql`and c.document_id = any(${uuidArray(filter.documentIds)}::uuid[])`;
  return sql`c.org_id = ${reader.orgId}
    and c.collection_id = any(array(${readableCollections(reader, filter.collectionIds)}))
    ${documents}
    and ${isVisible(reader)}`;
}

async function findByKeywords(
  transaction: Transaction,
  reader: Reader,
  plan: SearchPlan,
): Promise<Candidate[]> {
  if (plan.keywords === null) return [];
  if (plan.keywordEngine === "ts_rank") return findByTsRank(transaction, reader, plan, plan.keywords);
  // Only the index scan knows BM25; sorting rows it did not score takes 2 ms each, however few a filter leaves.
  await transaction.execute(sql`select set_config('enable_sort', 'off', true)`);
  // The scan's own score: asking for the distance in the select list would score every row again from its text.
  const rows = await transaction.execute<Candidate>(sql`
    select c.id, -bm25_get_current_score() as score from chunk c
    where ${conditions(reader, plan.filter)}
    order by c.search_terms <@> to_bm25query(${plan.keywords}, 'chunk_bm25') limit ${plan.limit}`);
  await transaction.execute(sql`select set_config('enable_sort', 'on', true)`);
  return rows.filter(({ score }) => score > 0);
}

/** Any of the words, ranked by PostgreSQL's own measure: for servers without pg_textsearch. */
async function findByTsRank(
  transaction: Transaction,
  reader: Reader,
  plan: SearchPlan,
  keywords: string,
): Promise<Candidate[]> {
  const words = [...new Set(keywords.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, 60);
  if (words.length === 0) return [];
  const rows = await transaction.execute<Candidate>(sql`
    with q as (select to_tsquery('simple', ${words.map((word) => `'${word}'`).join(" | ")}) as query)
    select c.id, ts_rank(to_tsvector('simple', c.search_terms), q.query, 1) as score from chunk c, q
    where to_tsvector('simple', c.search_terms) @@ q.query and ${conditions(reader, plan.filter)}
    order by score desc, c.id limit ${plan.limit}`);
  return Array.from(rows);
}

async function hasFewRows(transaction: Transaction, reader: Reader, plan: SearchPlan): Promise<boolean> {
  const rowsMax = plan.exactRowsMax ?? EXACT_ROWS_MAX;
  const narrow = (plan.filter.documentIds?.length ?? 0) > 0;
  const [row] = await transaction.execute<{ count: number }>(sql`
    select count(*)::integer as count from (
      select 1 from chunk_vector c where c.org_id = ${reader.orgId}
        and c.collection_id = any(array(${readableCollections(reader, plan.filter.collectionIds)}))
        ${narrow ? sql`and c.document_id = any(${uuidArray(plan.filter.documentIds ?? [])}::uuid[])` : sql``}
      limit ${rowsMax + 1}) as found`);
  return (row?.count ?? 0) <= rowsMax;
}

async function scanExactly(
  transaction: Transaction,
  reader: Reader,
  plan: SearchPlan,
  vector: string,
): Promise<Candidate[]> {
  const rows = await transaction.execute<Candidate>(sql`
    select c.chunk_id as id, 1 - (c.embedding <=> ${vector}::vector) as score from chunk_vector c
    where c.vector_space = ${plan.space.name} and ${conditions(reader, plan.filter)}
    order by c.embedding <=> ${vector}::vector limit ${plan.limit}`);
  return Array.from(rows);
}

async function scanIndex(
  transaction: Transaction,
  reader: Reader,
  plan: SearchPlan,
  vector: string,
): Promise<Candidate[]> {
  const { name, dimensions } = plan.space;
  // Literals, not parameters: the planner matches the partial index by them. The space passed `isIndexable`.
  const column = sql.raw(`(c.embedding::vector(${dimensions}))`);
  const operand = sql`${vector}::${sql.raw(`vector(${dimensions})`)}`;
  // Left to its estimates, the planner would rather sort every row the filters leave.
  await transaction.execute(
    sql`select set_config('enable_sort', 'off', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
      set_config('hnsw.ef_search', ${String(Math.max(EF_SEARCH, plan.limit))}, true)`,
  );
  const rows = await transaction.execute<Candidate>(sql`
    select c.chunk_id as id, 1 - (${column} <=> ${operand}) as score from chunk_vector c
    where c.vector_space = ${sql.raw(`'${name}'`)} and ${conditions(reader, plan.filter)}
    order by ${column} <=> ${operand} limit ${plan.limit}`);
  // Relaxed order gives nearly sorted rows.
  return rows.toSorted((a, b) => b.score - a.score);
}

async function findByVector(
  transaction: Transaction,
  reader: Reader,
  plan: SearchPlan,
): Promise<{ rows: Candidate[]; scan: FoundCandidates["vectorScan"] }> {
  if (plan.vector === null) return { rows: [], scan: null };
  const vector = vectorLiteral(plan.vector);
  if (plan.hasVectorIndex && !(await hasFewRows(transaction, reader, plan))) {
    const rows = await scanIndex(transaction, reader, plan, vector);
    if (rows.length >= plan.limit) return { rows, scan: "hnsw" };
    // The index gave up before it had found enough that the filters let through.
    await transaction.execute(sql`select set_config('enable_sort', 'on', true)`);
  }
  return { rows: await scanExactly(transaction, reader, plan, vector), scan: "exact" };
}

/** Runs both legs in one short transaction. */
export function findCandidates(reader: Reader, plan: SearchPlan): Promise<FoundCandidates> {
  return withTenant(
    reader,
    async (transaction) => {
      const startMs = performance.now();
      const keyword = await findByKeywords(transaction, reader, plan);
      const keywordMs = performance.now();
      const semantic = await findByVector(transaction, reader, plan);
      const timingsMs = { keyword: keywordMs - startMs, semantic: performance.now() - keywordMs };
      return { keyword, semantic: semantic.rows, timingsMs, vectorScan: semantic.scan };
    },
    { readOnly: true },
  );
}

/** A passage with its document, as a result shows it. */
export interface FoundPassage extends Record<string, unknown> {
  readonly chunkId: string;
  readonly collectionId: string;
  readonly documentId: string;
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

/** The passages with these ids, in any order; what is no longer the reader's to see is left out. */
export async function findPassages(
  reader: Reader,
  filter: SearchFilter,
  chunkIds: readonly string[],
): Promise<FoundPassage[]> {
  if (chunkIds.length === 0) return [];
  const rows = await withTenant(
    reader,
    (transaction) =>
      transaction.execute<FoundPassage>(sql`
        select c.id as "chunkId", c.collection_id as "collectionId", c.document_id as "documentId",
          p.version_id as "versionId", d.title, d.file_name as "fileName", d.media_type as "mediaType",
          c.heading_path as "headingPath", p.page, p.start, p."end", c.text
        from chunk c join document d on d.org_id = c.org_id and d.id = c.document_id
        join lateral (select version_id, page, start, "end" from chunk_place
          where chunk_id = c.id and version_id = d.active_version_id order by ordinal limit 1) p on true
        where c.id = any(${uuidArray(chunkIds)}::uuid[]) and ${conditions(reader, filter)}`),
    { readOnly: true },
  );
  return Array.from(rows);
}

/** Which keyword engine this database has: BM25 when its index is there. */
export async function findKeywordEngine(): Promise<"bm25" | "ts_rank"> {
  const [row] = await database().drizzle.execute(sql`select 1 from pg_class where relname = 'chunk_bm25'`);
  return row === undefined ? "ts_rank" : "bm25";
}
