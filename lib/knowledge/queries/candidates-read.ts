import { type SQL, sql } from "drizzle-orm";
import { readTenant } from "../../platform/db/index.ts";
import type { Reader } from "./access.ts";
import { type SearchFilter, sharedConditions, sharedSets, wantedDocuments } from "./search-filter.ts";
import { type ShelfMarks, type VectorChangeColumns, vectorChanges } from "./vector-rows.ts";

/** What one read is to bring. */
export interface CandidatesQuestion {
  readonly filter: SearchFilter;
  readonly limit: number;
  /** Terms, separated by blanks; null leaves the keyword leg out. */
  readonly keywords: string | null;
  readonly keywordEngine: "bm25" | "ts_rank";
  readonly phrases: readonly string[];
  /** Brings what is new for the copy of this space's vectors, and what a scan of it has to know. */
  readonly shelf: { readonly space: string; readonly marks: ShelfMarks } | null;
}

/** What the read brought. */
export interface CandidatesAnswer extends VectorChangeColumns {
  readonly keyword: readonly (readonly [string, number])[];
  /** Per phrase. */
  readonly phrases: readonly (readonly string[])[];
  /** All passages that pass the filters with their terms, when they are few; null otherwise. */
  readonly few: readonly (readonly [string, string])[] | null;
  readonly collections: readonly string[];
  readonly building: readonly string[];
  readonly deleting: readonly string[];
  readonly retired: readonly string[];
  /** Null when the filter does not speak of documents' kind, title or age. */
  readonly wanted: readonly string[] | null;
}

/** Sets up to this size are ranked here: the index would have to walk past all others to find them. */
const FEW_MAX = 300;
/** Hits of a phrase's terms that are looked through for the phrase. */
const PHRASE_DEPTH = 1_000;
const PHRASE_HITS_MAX = 100;

/**
 * The settings of the read. Without sorts and scans of whole tables the planner is left with the indexes that rank:
 * sorting rows that the BM25 index did not score takes 2 ms a row, and no estimate tells it so. One plan for all
 * parameters saves planning anew on each call.
 */
const SETTINGS = { enable_sort: "off", enable_seqscan: "off", plan_cache_mode: "force_generic_plan" };

const MANY = sql.raw(`(select count(*) from few) > ${FEW_MAX}`);

/** Keyword leg, phrases and all that a scan of the vector shelf needs, in one statement and one round trip. */
export async function readCandidates(
  reader: Reader,
  question: CandidatesQuestion,
): Promise<CandidatesAnswer> {
  const { filter, keywords, phrases, shelf } = question;
  const passing = sharedConditions(reader, filter);
  const hasTerms = keywords !== null || phrases.length > 0;
  const [row] = await readTenant<Partial<CandidatesAnswer>>(
    reader,
    sql`with ${sharedSets(reader, filter)},
      few as materialized (
        select c.id from chunk c where ${hasTerms ? passing : sql`false`} limit ${sql.raw(String(FEW_MAX + 1))})
      select ${keywords === null ? sql`'[]'::json` : jsonOf(keywordLeg(question, keywords, passing))} as keyword,
        ${phraseLegs(question, passing)} as phrases,
        ${fewRows} as few
        ${shelf === null ? sql`` : sql`, ${shelfColumns(reader, filter, shelf)}`}`,
    SETTINGS,
  );
  return { ...EMPTY, ...row };
}

const EMPTY: CandidatesAnswer = {
  keyword: [],
  phrases: [],
  few: null,
  collections: [],
  building: [],
  deleting: [],
  retired: [],
  wanted: null,
  vector_rows: [],
  vector_removed: [],
  vector_removal_mark: 0,
};

/** Rows of id and score as one value. */
function jsonOf(rows: SQL): SQL {
  return sql`(select coalesce(json_agg(json_build_array(k.id, k.score)), '[]') from (${rows}) k)`;
}

const fewRows = sql`case when not ${MANY} then
  (select coalesce(json_agg(json_build_array(c.id, c.search_terms)), '[]') from chunk c
    where c.id = any(array(select id from few))) end`;

function keywordLeg({ keywordEngine, limit }: CandidatesQuestion, keywords: string, passing: SQL): SQL {
  const rowsMax = sql.raw(String(Math.ceil(limit)));
  if (keywordEngine === "ts_rank") {
    return sql`select c.id, ts_rank(to_tsvector('simple', c.search_terms), q.query, 1) as score
      from chunk c, (select to_tsquery('simple', ${anyOf(keywords)}) as query) q
      where ${MANY} and to_tsvector('simple', c.search_terms) @@ q.query and ${passing}
      order by score desc, c.id limit ${rowsMax}`;
  }
  // The scan's own score: asking for the distance in the select list would score every row again from its text.
  return sql`select c.id, -bm25_get_current_score() as score from chunk c where ${MANY} and ${passing}
    order by c.search_terms <@> to_bm25query(${keywords}, 'chunk_bm25') limit ${rowsMax}`;
}

function phraseLegs({ phrases, keywordEngine }: CandidatesQuestion, passing: SQL): SQL {
  if (phrases.length === 0) return sql`'[]'::json`;
  const legs = phrases.map((phrase) => {
    const isSingle = !phrase.includes(" ");
    const depth = sql.raw(String(isSingle ? PHRASE_HITS_MAX : PHRASE_DEPTH));
    const hits =
      keywordEngine === "ts_rank"
        ? sql`select c.id, c.search_terms from chunk c
            where ${MANY} and to_tsvector('simple', c.search_terms) @@ to_tsquery('simple', ${allOf(phrase)})
              and ${passing} limit ${depth}`
        : sql`select c.id, c.search_terms from chunk c where ${MANY} and ${passing}
            order by c.search_terms <@> to_bm25query(${phrase}, 'chunk_bm25') limit ${depth}`;
    return sql`(select coalesce(json_agg(f.id), '[]') from (select h.id from (${hits}) h
      where ' ' || h.search_terms || ' ' like ${`% ${phrase} %`} limit ${sql.raw(String(PHRASE_HITS_MAX))}) f)`;
  });
  return sql`json_build_array(${sql.join(legs, sql`, `)})`;
}

function shelfColumns(
  reader: Reader,
  filter: SearchFilter,
  { space, marks }: { readonly space: string; readonly marks: ShelfMarks },
): SQL {
  const ids = (set: string) => sql`(select coalesce(json_agg(id), '[]') from ${sql.raw(set)})`;
  return sql`${ids("readable")} as collections, ${ids("building")} as building, ${ids("deleting")} as deleting,
    (select coalesce(json_agg(c.id), '[]') from chunk c where c.org_id = ${reader.orgId} and c.retired_by is not null
      and c.retired_by <> all(array(select id from building))) as retired,
    ${wantedDocuments(reader, filter) === null ? sql`null::json` : ids("wanted")} as wanted,
    ${vectorChanges(reader, space, marks)}`;
}

/** Terms are letters and digits only; the quotes are for those that spell an operator. */
function anyOf(keywords: string): string {
  return termsOf(keywords).slice(0, 60).join(" | ");
}

function allOf(phrase: string): string {
  return termsOf(phrase).join(" & ");
}

function termsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].map((term) => `'${term}'`);
}
