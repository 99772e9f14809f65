import { type SQL, sql } from "drizzle-orm";
import { database, readTenant, type Transaction, withTenant } from "../../platform/db/index.ts";
import type { Reader } from "./access.ts";
import { conditions, type SearchFilter } from "./search-filter.ts";
import type { VectorSpace } from "./vector-index.ts";
import { vectorLiteral } from "./vector-values.ts";

/** A search by vector that the database does by itself. */
export interface VectorQuestion {
  readonly filter: SearchFilter;
  readonly limit: number;
  readonly vector: Float32Array;
  readonly space: VectorSpace;
  readonly hasVectorIndex: boolean;
  readonly exactRowsMax?: number | undefined;
  readonly sliceRows?: number | undefined;
}

interface ScoredRow extends Record<string, unknown> {
  readonly id: string;
  readonly score: number;
}

/** Up to this many rows an exact scan is as quick as the index and misses nothing. */
const EXACT_ROWS_MAX = 5_000;

/**
 * Rows an embedded database compares in one statement: it serves nobody meanwhile, and 100,000 take it .2 to .6 s. It compares
 * only until this process has read its copy.
 */
const SLICE_ROWS = 5_000;

/** Candidates the index walks through: twice what a leg returns. */
const EF_SEARCH = 200;

/** Best rows by cosine, by the HNSW index when it pays and the filters leave it enough, exactly otherwise. */
export function findByVector(
  reader: Reader,
  question: VectorQuestion,
): Promise<{ rows: ScoredRow[]; scan: "exact" | "hnsw" }> {
  if (database().isEmbedded && !question.hasVectorIndex) {
    return scanInSlices(reader, question).then((rows) => ({ rows, scan: "exact" }));
  }
  return withTenant(
    reader,
    async (transaction) => {
      if (question.hasVectorIndex && !(await hasFewRows(transaction, reader, question))) {
        const rows = await scanIndex(transaction, reader, question);
        if (rows.length >= question.limit) return { rows, scan: "hnsw" };
        // The index gave up before it had found enough that the filters let through.
        await transaction.execute(sql`select set_config('enable_sort', 'on', true)`);
      }
      return { rows: await scanExactly(transaction, reader, question), scan: "exact" };
    },
    { readOnly: true },
  );
}

function ofSpace(reader: Reader, { filter }: VectorQuestion, name: SQL): SQL {
  return sql`c.vector_space = ${name} and ${conditions(reader, filter)}`;
}

async function hasFewRows(
  transaction: Transaction,
  reader: Reader,
  question: VectorQuestion,
): Promise<boolean> {
  const rowsMax = question.exactRowsMax ?? EXACT_ROWS_MAX;
  const [row] = await transaction.execute<{ count: number }>(sql`
    select count(*)::integer as count from (
      select 1 from chunk c where ${conditions(reader, question.filter)} limit ${rowsMax + 1}) as found`);
  return (row?.count ?? 0) <= rowsMax;
}

async function scanExactly(
  transaction: Transaction,
  reader: Reader,
  question: VectorQuestion,
): Promise<ScoredRow[]> {
  const vector = vectorLiteral(question.vector);
  const rows = await transaction.execute<ScoredRow>(sql`
    select c.chunk_id as id, 1 - (c.embedding <=> ${vector}::vector) as score from chunk_vector c
    where ${ofSpace(reader, question, sql`${question.space.name}`)}
    order by c.embedding <=> ${vector}::vector limit ${question.limit}`);
  return Array.from(rows);
}

/** The best rows of the best of each slice; others have their turns in the database between two. */
async function scanInSlices(reader: Reader, question: VectorQuestion): Promise<ScoredRow[]> {
  const sliceRows = question.sliceRows ?? SLICE_ROWS;
  const vector = vectorLiteral(question.vector);
  const space = sql`${question.space.name}`;
  const best: ScoredRow[] = [];
  for (let after = 0, isLast = false; !isLast; ) {
    const [slice] = await readTenant<{ rows: number; last: number; found: [string, number][] }>(
      reader,
      sql`with slice as materialized (
          select count(*) as rows, max(seq) as last from (
            select v.seq from chunk_vector v where v.org_id = ${reader.orgId} and v.vector_space = ${space}
              and v.seq > ${after} order by v.seq limit ${sliceRows}) as next)
        select s.rows::float8 as rows, s.last::float8 as last, (
          select coalesce(json_agg(json_build_array(f.id, f.score)), '[]') from (
            select c.chunk_id as id, 1 - (c.embedding <=> ${vector}::vector) as score from chunk_vector c
            where ${ofSpace(reader, question, space)} and c.seq > ${after} and c.seq <= s.last
            order by c.embedding <=> ${vector}::vector limit ${question.limit}) f) as found
        from slice s`,
    );
    for (const [id, score] of slice?.found ?? []) best.push({ id, score });
    isLast = slice === undefined || slice.rows < sliceRows;
    after = slice?.last ?? after;
  }
  return best.toSorted((a, b) => b.score - a.score).slice(0, question.limit);
}

async function scanIndex(
  transaction: Transaction,
  reader: Reader,
  question: VectorQuestion,
): Promise<ScoredRow[]> {
  const { name, dimensions } = question.space;
  // Literals, not parameters: the planner matches the partial index by them. The space passed `isIndexable`.
  const column = sql.raw(`(c.embedding::vector(${dimensions}))`);
  const operand = sql`${vectorLiteral(question.vector)}::${sql.raw(`vector(${dimensions})`)}`;
  // Left to its estimates, the planner would rather sort every row the filters leave.
  await transaction.execute(
    sql`select set_config('enable_sort', 'off', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
      set_config('hnsw.ef_search', ${String(Math.max(EF_SEARCH, question.limit))}, true)`,
  );
  const rows = await transaction.execute<ScoredRow>(sql`
    select c.chunk_id as id, 1 - (${column} <=> ${operand}) as score from chunk_vector c
    where ${ofSpace(reader, question, sql.raw(`'${name}'`))}
    order by ${column} <=> ${operand} limit ${question.limit}`);
  // Relaxed order gives nearly sorted rows.
  return rows.toSorted((a, b) => b.score - a.score);
}
