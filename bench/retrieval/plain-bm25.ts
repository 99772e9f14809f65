import { sql } from "drizzle-orm";
import { indexedText } from "../../lib/knowledge/chunk/chunk-text.ts";
import { database } from "../../lib/platform/db/index.ts";
import type { BenchDocument } from "../builtin-answers/load-set.ts";

/** What the search is compared with: pg_textsearch 1.2/.75 with its own English analysis, in the same database. */
export interface PlainBm25 {
  /** Documents by their best passage, over the very passages that the search ranks. */
  byPassages(query: string): Promise<string[]>;
  /** Documents as wholes: title and text. */
  byDocuments(query: string): Promise<string[]>;
}

const INSERT_ROWS = 200;
/** Passages read, so that a hundred documents are among them. */
const PASSAGES = 300;
const DOCUMENTS = 100;

interface PassageRow extends Record<string, unknown> {
  readonly documentId: string;
  readonly title: string;
  readonly headingPath: string[];
  readonly context: string | null;
  readonly text: string;
}

async function fill(table: string, rows: readonly (readonly [name: string, body: string])[]): Promise<void> {
  const { drizzle } = database();
  await drizzle.execute(sql.raw(`create table ${table} (name text not null, body text not null)`));
  for (let from = 0; from < rows.length; from += INSERT_ROWS) {
    const values = rows.slice(from, from + INSERT_ROWS).map(([name, body]) => sql`(${name}, ${body})`);
    await drizzle.execute(sql`insert into ${sql.raw(table)} values ${sql.join(values, sql`, `)}`);
  }
  await drizzle.execute(
    sql.raw(
      `create index ${table}_bm25 on ${table} using bm25 (body) with (text_config = 'english', k1 = 1.2, b = 0.75)`,
    ),
  );
}

async function rank(table: string, query: string, limit: number): Promise<string[]> {
  const rows = await database().drizzle.transaction(async (transaction) => {
    await transaction.execute(
      sql`select set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true)`,
    );
    return transaction.execute<{ name: string; score: number }>(sql`
      select name, -bm25_get_current_score() as score from ${sql.raw(table)}
      order by body <@> to_bm25query(${query}, ${`${table}_bm25`}) limit ${limit}`);
  });
  return [...new Set(rows.filter(({ score }) => score > 0).map(({ name }) => name))].slice(0, DOCUMENTS);
}

/** Indexes the ingested passages and the documents of the set for plain BM25. */
export async function openPlainBm25(
  documents: readonly BenchDocument[],
  names: ReadonlyMap<string, string>,
): Promise<PlainBm25> {
  const passages = await database().drizzle.execute<PassageRow>(sql`
    select c.document_id as "documentId", d.title, c.heading_path as "headingPath", c.context, c.text
    from chunk c join document d on d.org_id = c.org_id and d.id = c.document_id where c.retired_by is null`);
  await fill(
    "plain_passage",
    passages.map(({ documentId, title, ...passage }) => [
      names.get(documentId) ?? "",
      indexedText(title, passage),
    ]),
  );
  await fill(
    "plain_document",
    documents.map(({ id, title, text }) => [id, `${title}\n${text}`]),
  );
  return {
    byPassages: (query) => rank("plain_passage", query, PASSAGES),
    byDocuments: (query) => rank("plain_document", query, DOCUMENTS),
  };
}
