import { type SQL, sql } from "drizzle-orm";
import { readTenant } from "../../platform/db/index.ts";
import type { ShelfMarks } from "../shelf/shelves.ts";
import type { Reader } from "./access.ts";
import { type SearchFilter, sharedConditions, sharedSets, wantedDocuments } from "./search-filter.ts";
import { type VectorChangeColumns, vectorChanges } from "./vector-rows.ts";
import { type WordChangeColumns, wordChanges } from "./word-rows.ts";

/** What one read is to bring. */
export interface CandidatesQuestion {
  readonly filter: SearchFilter;
  readonly limit: number;
  /** Terms, separated by blanks; null leaves the keyword leg out, also because this process ranks words by itself. */
  readonly keywords: string | null;
  readonly keywordEngine: "bm25" | "ts_rank";
  readonly phrases: readonly string[];
  /** Brings what is new for the copy of this space's vectors. */
  readonly vectors: { readonly space: string; readonly marks: ShelfMarks } | null;
  /** Brings what is new for the copy of the words. */
  readonly words: ShelfMarks | null;
}

/** What the read brought. */
export interface CandidatesAnswer extends VectorChangeColumns, WordChangeColumns {
  readonly keyword: readonly (readonly [string, number])[];
  /** Per phrase. */
  readonly phrases: readonly (readonly string[])[];
  /** All passages that pass the filters with their terms, when they are few; null otherwise. */
  readonly few: readonly (readonly [string, string])[] | null;
  /** What whoever ranks a copy has to know; empty when nothing is read for one. */
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
/** Passages that a phrase finds. */
export const PHRASE_HITS_MAX = 100;

/**
 * The settings of the read. Without sorts and scans of whole tables the planner is left with the indexes that rank:
 * sorting rows that the BM25 index did not score takes 2 ms a row, and no estimate tells it so. One plan for all
 * parameters saves planning anew on each call.
 */
const SETTINGS = { enable_sort: "off", enable_seqscan: "off", plan_cache_mode: "force_generic_plan" };

const MANY = sql.raw(`(select count(*) from few) > ${FEW_MAX}`);

/**
 * What a leg of a ranking index finds, as one value, asked only when many passages pass. A leg stands among the tables and
 * that condition above it, because the index hands over the scores it worked out only to the statement's own rows: in a
 * value's subquery or under a condition checked once, each row is scored again from its text, .2 ms each.
 */
function rankedLeg(name: string, leg: SQL): SQL {
  return sql`cross join lateral (select coalesce(json_agg(k.found), '[]') as found
    from (${leg}) k where ${MANY}) ${sql.raw(name)}`;
}

/**
 * Keyword leg, phrases and all that a scan of the copies needs, in one statement and one round trip.
 *
 * @param meanwhile runs while the database works.
 */
export async function readCandidates(
  reader: Reader,
  question: CandidatesQuestion,
  meanwhile: () => void,
): Promise<CandidatesAnswer> {
  const { filter, keywords, phrases, vectors, words } = question;
  const passing = sharedConditions(reader, filter);
  const hasTerms = keywords !== null || phrases.length > 0;
  const legs = [
    ...(keywords === null ? [] : [rankedLeg("words", keywordLeg(question, keywords, passing))]),
    ...phrases.map((phrase, index) => rankedLeg(`phrase_${index}`, phraseLeg(question, phrase, passing))),
  ];
  const phrasesFound = phrases.map((_, index) => sql.raw(`phrase_${index}.found`));
  const [row] = await readTenant<Partial<CandidatesAnswer>>(
    reader,
    sql`with ${sharedSets(reader, filter)},
      few as materialized (
        select c.id from chunk c where ${hasTerms ? passing : sql`false`} limit ${sql.raw(String(FEW_MAX + 1))})
      select ${keywords === null ? sql`'[]'::json` : sql`words.found`} as keyword,
        json_build_array(${sql.join(phrasesFound, sql`, `)}) as phrases,
        ${fewRows} as few
        ${vectors === null && words === null ? sql`` : sql`, ${filterColumns(reader, filter)}`}
        ${vectors === null ? sql`` : sql`, ${vectorChanges(reader, vectors.space, vectors.marks)}`}
        ${words === null ? sql`` : sql`, ${wordChanges(reader, words)}`}
      from (select 1) one ${sql.join(legs, sql` `)}`,
    SETTINGS,
    meanwhile,
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
  word_rows: [],
  word_removed: [],
  word_titles: [],
  word_removal_mark: 0,
};

const fewRows = sql`case when not ${MANY} then
  (select coalesce(json_agg(json_build_array(c.id, c.search_terms)), '[]') from chunk c
    where c.id = any(array(select id from few))) end`;

function keywordLeg({ keywordEngine, limit }: CandidatesQuestion, keywords: string, passing: SQL): SQL {
  const rowsMax = sql.raw(String(Math.ceil(limit)));
  const ranked =
    keywordEngine === "ts_rank"
      ? sql`select c.id, ts_rank(to_tsvector('simple', c.search_terms), q.query, 1) as score
          from chunk c, (select to_tsquery('simple', ${anyOf(keywords)}) as query) q
          where to_tsvector('simple', c.search_terms) @@ q.query and ${passing}
          order by score desc, c.id limit ${rowsMax}`
      : // The scan's own score: asking for the distance in the select list would score every row again from its text.
        sql`select c.id, -bm25_get_current_score() as score from chunk c where ${passing}
          order by c.search_terms <@> to_bm25query(${keywords}, 'chunk_bm25') limit ${rowsMax}`;
  return sql`select json_build_array(r.id, r.score) as found from (${ranked}) r`;
}

function phraseLeg({ keywordEngine }: CandidatesQuestion, phrase: string, passing: SQL): SQL {
  const depth = sql.raw(String(phrase.includes(" ") ? PHRASE_DEPTH : PHRASE_HITS_MAX));
  const hits =
    keywordEngine === "ts_rank"
      ? sql`select c.id, c.search_terms from chunk c
          where to_tsvector('simple', c.search_terms) @@ to_tsquery('simple', ${allOf(phrase)})
            and ${passing} limit ${depth}`
      : sql`select c.id, c.search_terms from chunk c where ${passing}
          order by c.search_terms <@> to_bm25query(${phrase}, 'chunk_bm25') limit ${depth}`;
  return sql`select h.id as found from (${hits}) h
    where ' ' || h.search_terms || ' ' like ${`% ${phrase} %`} limit ${sql.raw(String(PHRASE_HITS_MAX))}`;
}

/** What may be found, for whoever ranks a copy. */
function filterColumns(reader: Reader, filter: SearchFilter): SQL {
  const ids = (set: string) => sql`(select coalesce(json_agg(id), '[]') from ${sql.raw(set)})`;
  return sql`${ids("readable")} as collections, ${ids("building")} as building, ${ids("deleting")} as deleting,
    (select coalesce(json_agg(c.id), '[]') from chunk c where c.org_id = ${reader.orgId} and c.retired_by is not null
      and c.retired_by <> all(array(select id from building))) as retired,
    ${wantedDocuments(reader, filter) === null ? sql`null::json` : ids("wanted")} as wanted`;
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
