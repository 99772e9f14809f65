import { sql } from "drizzle-orm";
import { database, readTenant } from "../../platform/db/index.ts";
import { holdsPhrase, rankTerms } from "../keywords/rank-terms.ts";
import { type OpenShelf, openShelf } from "../vector-shelf/open-shelf.ts";
import type { Comparison } from "../vector-shelf/vector-shelf.ts";
import { type Reader, uuidArray } from "./access.ts";
import { type CandidatesAnswer, readCandidates } from "./candidates-read.ts";
import { conditions, type SearchFilter } from "./search-filter.ts";
import { findByVector } from "./server-vectors.ts";
import type { VectorSpace } from "./vector-index.ts";
import { toVectorChanges } from "./vector-rows.ts";

export type { SearchFilter } from "./search-filter.ts";

/** A passage found by one leg of a search; higher scores are better. */
export interface Candidate {
  readonly id: string;
  readonly score: number;
}

/** One search in the database. */
export interface SearchPlan {
  readonly filter: SearchFilter;
  readonly limit: number;
  /** Terms (see `searchTerms`) separated by blanks; null leaves the keyword leg out. */
  readonly keywords: string | null;
  readonly keywordEngine: "bm25" | "ts_rank";
  /** Runs of terms whose passages are wanted whatever their rank: quoted phrases, identifiers. Eight at most count. */
  readonly phrases?: readonly string[];
  /** Null leaves the semantic leg out. */
  readonly vector: Float32Array | null;
  readonly space: VectorSpace;
  /** Whether a server has an HNSW index of the space; of no matter in the embedded database. */
  readonly hasVectorIndex: boolean;
  /** Rows up to which a server scans exactly; 5,000 by default. */
  readonly exactRowsMax?: number;
  /** Who compares vectors: this process (when the database is embedded) or the database (a server). */
  readonly vectorsBy?: "process" | "database";
}

/** What the legs found. */
export interface FoundCandidates {
  readonly keyword: readonly Candidate[];
  readonly semantic: readonly Candidate[];
  /** Per phrase of the plan, the passages that hold it word by word: all of them up to a hundred, best first. */
  readonly phrases: readonly (readonly string[])[];
  readonly timingsMs: { readonly keyword: number; readonly semantic: number };
  /** `shelf`: every vector compared, in this process; `exact`: every vector, in the database; `hnsw`: by its index. */
  readonly vectorScan: "shelf" | "exact" | "hnsw" | null;
}

const PHRASES_MAX = 8;

/**
 * Runs the legs of a search. What may be read, found and shown is decided by the database in the same statement that
 * ranks the words, each time.
 */
export async function findCandidates(reader: Reader, plan: SearchPlan): Promise<FoundCandidates> {
  const startMs = performance.now();
  const isOwnWork = (plan.vectorsBy ?? (database().isEmbedded ? "process" : "database")) === "process";
  const open = plan.vector !== null && isOwnWork ? await openShelf(reader, plan.space) : null;
  const openMs = performance.now();
  const phrases = (plan.phrases ?? []).filter((phrase) => phrase !== "").slice(0, PHRASES_MAX);
  let compared: Comparison | null = null;
  const question = {
    ...plan,
    phrases,
    shelf: open === null ? null : { space: plan.space.name, marks: open.marks },
  };
  const answer = await readCandidates(reader, question, () => {
    if (open !== null && plan.vector !== null) compared = open.shelf.compare(plan.vector);
  });
  const words = rankWords(plan, phrases, answer);
  const wordsMs = performance.now();
  const semantic = await findNearest(reader, plan, answer, open, compared);
  return {
    ...words,
    semantic: semantic.rows,
    timingsMs: { keyword: wordsMs - openMs, semantic: performance.now() - wordsMs + openMs - startMs },
    vectorScan: semantic.scan,
  };
}

/** The words' part: ranked by the index, or here when few passages pass the filters. */
function rankWords(plan: SearchPlan, phrases: readonly string[], answer: CandidatesAnswer) {
  const few = answer.few?.map(([id, terms]) => ({ id, terms }));
  if (few === undefined) {
    const keyword = answer.keyword.map(([id, score]) => ({ id, score })).filter(({ score }) => score > 0);
    return { keyword, phrases: answer.phrases };
  }
  return {
    keyword: plan.keywords === null ? [] : rankTerms(plan.keywords, few, plan.limit),
    phrases: phrases.map((phrase) =>
      rankTerms(
        phrase,
        few.filter(({ terms }) => holdsPhrase(terms, phrase)),
        plan.limit,
      ).map(({ id }) => id),
    ),
  };
}

async function findNearest(
  reader: Reader,
  plan: SearchPlan,
  answer: CandidatesAnswer,
  open: OpenShelf | null,
  compared: Comparison | null,
): Promise<{ rows: readonly Candidate[]; scan: FoundCandidates["vectorScan"] }> {
  const { vector, filter } = plan;
  if (vector === null) return { rows: [], scan: null };
  // More may have been stored since than one read brings.
  if (open?.follow(toVectorChanges(answer)) === false && open.hasRoom) await open.catchUp();
  if (open?.hasRoom !== true) return findByVector(reader, { ...plan, vector });
  const asked =
    filter.documentIds === undefined || filter.documentIds.length === 0 ? null : filter.documentIds;
  const wanted = answer.wanted === null ? null : new Set(answer.wanted);
  const found = open.shelf.rank(
    compared ?? open.shelf.compare(vector),
    {
      collectionIds: answer.collections,
      documentIds: wanted === null ? asked : (asked?.filter((id) => wanted.has(id)) ?? [...wanted]),
      exceptDocumentIds: answer.deleting,
      exceptVersionIds: answer.building,
      exceptChunkIds: answer.retired,
    },
    plan.limit,
  );
  return { rows: found.map(({ chunkId, score }) => ({ id: chunkId, score })), scan: "shelf" };
}

/** A passage with its document, as a result shows it. */
export interface FoundPassage extends Record<string, unknown> {
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
  /** What the keyword index holds for it. */
  readonly searchTerms: string;
}

/** The passages with these ids, in any order; what is no longer the reader's to see is left out. */
export async function findPassages(
  reader: Reader,
  filter: SearchFilter,
  chunkIds: readonly string[],
): Promise<FoundPassage[]> {
  if (chunkIds.length === 0) return [];
  return readTenant<FoundPassage>(
    reader,
    sql`select c.id as "chunkId", c.collection_id as "collectionId", c.document_id as "documentId",
        p.version_id as "versionId", d.title, d.file_name as "fileName", d.media_type as "mediaType",
        c.heading_path as "headingPath", p.page, p.start, p."end", c.text, c.search_terms as "searchTerms"
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
