import { database } from "../../platform/db/index.ts";
import { holdsPhrase, rankTerms } from "../keywords/rank-terms.ts";
import type { ShelfFilter } from "../shelf/passage-rows.ts";
import { type OpenVectors, openShelf } from "../vector-shelf/open-shelf.ts";
import type { Comparison } from "../vector-shelf/vector-shelf.ts";
import { type OpenWords, openWords } from "../word-shelf/open-words.ts";
import type { KnownPassage } from "../word-shelf/word-shelf.ts";
import type { Reader } from "./access.ts";
import {
  type CandidatesAnswer,
  type CandidatesQuestion,
  PHRASE_HITS_MAX,
  readCandidates,
} from "./candidates-read.ts";
import type { SearchFilter } from "./search-filter.ts";
import { findByVector } from "./server-vectors.ts";
import type { VectorSpace } from "./vector-index.ts";
import { toVectorChanges } from "./vector-rows.ts";
import { toWordChanges } from "./word-rows.ts";

/** A passage found by one leg of a search; higher scores are better. */
export interface Candidate {
  readonly id: string;
  readonly score: number;
}

/** What is searched for. */
export interface AskedQuestion {
  /** Terms (see `searchTerms`) separated by blanks; null leaves the keyword leg out. */
  readonly keywords: string | null;
  /** Runs of terms whose passages are wanted whatever their rank: quoted phrases, identifiers. Eight at most count. */
  readonly phrases?: readonly string[];
  /** Null leaves the semantic leg out. */
  readonly vector: Float32Array | null;
}

/** Where and how to search. */
export interface SearchSettings {
  readonly filter: SearchFilter;
  readonly limit: number;
  readonly keywordEngine: "bm25" | "ts_rank";
  readonly space: VectorSpace;
  /** Whether a server has an HNSW index of the space; of no matter in the embedded database. */
  readonly hasVectorIndex: boolean;
  /** Rows up to which a server scans exactly; 5,000 by default. */
  readonly exactRowsMax?: number;
  /** Rows that an embedded database compares in one statement; 5,000 by default. */
  readonly sliceRows?: number;
  /** Who compares vectors: this process (when the database is embedded) or the database (a server). */
  readonly vectorsBy?: "process" | "database";
  /** Who ranks words; as above. */
  readonly wordsBy?: "process" | "database";
}

/** One search. */
export type SearchPlan = SearchSettings & AskedQuestion;

/** What the legs found. */
export interface FoundCandidates {
  readonly keyword: readonly Candidate[];
  readonly semantic: readonly Candidate[];
  /** Per phrase of the plan, the passages that hold it word by word: all of them up to a hundred, best first. */
  readonly phrases: readonly (readonly string[])[];
  readonly timingsMs: { readonly keyword: number; readonly semantic: number };
  /** `shelf`: every vector compared, in this process; `exact`: every vector, in the database; `hnsw`: by its index. */
  readonly vectorScan: "shelf" | "exact" | "hnsw" | null;
  /** `shelf`: every passage's words, in this process; `index`: by the database. */
  readonly keywordScan: "shelf" | "index" | null;
  /** What a passage is ranked by, as this process knows it; undefined when it does not. */
  readonly known: (chunkId: string) => KnownPassage | undefined;
  /**
   * Ranks the passages that this search may find by other terms, without asking the database again; null when this process
   * does not hold the words. For the next step of the same search alone: what may be found is not remembered.
   */
  readonly rankOthers: ((keywords: string, limit: number) => readonly Candidate[]) | null;
}

const PHRASES_MAX = 8;
/** A copy that is not read yet is waited for no longer than this: the database finds the same, more slowly. */
const COPY_WAIT_MS = 250;

/** Runs the legs of one search: {@link findCandidatesOfAll}. */
export async function findCandidates(reader: Reader, plan: SearchPlan): Promise<FoundCandidates> {
  const copies = await openCopies(reader, plan, plan.vector !== null);
  return findOne(reader, plan, copies);
}

/**
 * Runs the legs of a search for each of some questions. What may be read, found and shown is decided by the database each
 * time; where this process holds the words and the vectors, it is asked once for all of them.
 */
export async function findCandidatesOfAll(
  reader: Reader,
  settings: SearchSettings,
  questions: readonly AskedQuestion[],
): Promise<FoundCandidates[]> {
  const hasVectors = questions.some(({ vector }) => vector !== null);
  const copies = await openCopies(reader, settings, hasVectors);
  const found: FoundCandidates[] = [];
  if (copies.words === null || (hasVectors && copies.vectors === null)) {
    for (const question of questions) found.push(await findOne(reader, { ...settings, ...question }, copies));
    return found;
  }
  const compared: (Comparison | null)[] = [];
  const startMs = performance.now();
  const answer = await readCandidates(reader, readingOf(settings, copies), () => {
    for (const { vector } of questions) compared.push(compareOn(copies, vector));
  });
  const readMs = performance.now() - startMs;
  for (const [index, question] of questions.entries()) {
    const plan = { ...settings, ...question };
    const result = await rankAnswer(reader, plan, copies, answer, compared[index] ?? null);
    const keyword = result.timingsMs.keyword + (index === 0 ? readMs : 0);
    found.push({ ...result, timingsMs: { ...result.timingsMs, keyword } });
  }
  return found;
}

/** What this process holds for a search. */
interface Copies {
  readonly vectors: OpenVectors | null;
  readonly words: OpenWords | null;
}

async function openCopies(
  reader: Reader,
  { vectorsBy, wordsBy, space }: SearchSettings,
  hasVectors: boolean,
): Promise<Copies> {
  const [vectors, words] = await Promise.all([
    hasVectors && isOwnWork(vectorsBy) ? openShelf(reader, space, COPY_WAIT_MS) : null,
    isOwnWork(wordsBy) ? openWords(reader, COPY_WAIT_MS) : null,
  ]);
  return { vectors, words };
}

function isOwnWork(by: "process" | "database" | undefined): boolean {
  return (by ?? (database().isEmbedded ? "process" : "database")) === "process";
}

/** What the database is asked when it ranks nothing itself. */
function readingOf(settings: SearchSettings, { vectors, words }: Copies): CandidatesQuestion {
  return {
    ...settings,
    keywords: null,
    phrases: [],
    vectors: vectors === null ? null : { space: settings.space.name, marks: vectors.marks },
    words: words?.marks ?? null,
  };
}

function compareOn({ vectors }: Copies, vector: Float32Array | null): Comparison | null {
  return vectors === null || vector === null ? null : vectors.shelf.compare(vector);
}

async function findOne(reader: Reader, plan: SearchPlan, copies: Copies): Promise<FoundCandidates> {
  const startMs = performance.now();
  const asked = copies.words === null ? { keywords: plan.keywords, phrases: phrasesOf(plan) } : {};
  let compared: Comparison | null = null;
  const answer = await readCandidates(reader, { ...readingOf(plan, copies), ...asked }, () => {
    compared = compareOn(copies, plan.vector);
  });
  const readMs = performance.now() - startMs;
  const found = await rankAnswer(reader, plan, copies, answer, compared);
  return { ...found, timingsMs: { ...found.timingsMs, keyword: found.timingsMs.keyword + readMs } };
}

async function rankAnswer(
  reader: Reader,
  plan: SearchPlan,
  { words, vectors }: Copies,
  answer: CandidatesAnswer,
  compared: Comparison | null,
): Promise<FoundCandidates> {
  const startMs = performance.now();
  const ranked = await rankWords(reader, plan, words, answer);
  const wordsMs = performance.now();
  const semantic = await findNearest(reader, plan, answer, vectors, compared);
  return {
    keyword: ranked.keyword,
    phrases: ranked.phrases,
    semantic: semantic.rows,
    timingsMs: { keyword: wordsMs - startMs, semantic: performance.now() - wordsMs },
    vectorScan: semantic.scan,
    keywordScan: plan.keywords === null ? null : ranked.scan,
    known: (chunkId) => words?.shelf.find(chunkId),
    rankOthers:
      words === null || !words.hasRoom
        ? null
        : (keywords, limit) => words.shelf.rank(keywords, shelfFilter(plan.filter, answer), limit),
  };
}

function phrasesOf({ phrases = [] }: AskedQuestion): readonly string[] {
  return phrases.filter((phrase) => phrase !== "").slice(0, PHRASES_MAX);
}

interface RankedWords {
  readonly keyword: readonly Candidate[];
  readonly phrases: readonly (readonly string[])[];
  readonly scan: "shelf" | "index";
}

/** The words' part, by the copy of the words or by the database. */
async function rankWords(
  reader: Reader,
  plan: SearchPlan,
  words: OpenWords | null,
  answer: CandidatesAnswer,
): Promise<RankedWords> {
  const phrases = phrasesOf(plan);
  if (words === null) return rankByDatabase(plan, phrases, answer);
  // More may have been stored since than one read brings.
  if (!words.follow(toWordChanges(answer)) && words.hasRoom) await words.catchUp();
  if (!words.hasRoom) {
    // Given up meanwhile: the database ranks after all.
    const question = { ...plan, phrases, vectors: null, words: null };
    return rankByDatabase(plan, phrases, await readCandidates(reader, question, () => {}));
  }
  const filter = shelfFilter(plan.filter, answer);
  return {
    keyword: plan.keywords === null ? [] : words.shelf.rank(plan.keywords, filter, plan.limit),
    phrases: phrases.map((phrase) =>
      words.shelf.rank(phrase, filter, PHRASE_HITS_MAX, true).map(({ id }) => id),
    ),
    scan: "shelf",
  };
}

/** The words' part as the database found it: ranked by its index, or here when few passages pass the filters. */
function rankByDatabase(plan: SearchPlan, phrases: readonly string[], answer: CandidatesAnswer): RankedWords {
  const few = answer.few?.map(([id, terms]) => ({ id, terms }));
  if (few === undefined) {
    const keyword = answer.keyword.map(([id, score]) => ({ id, score })).filter(({ score }) => score > 0);
    return { keyword, phrases: answer.phrases, scan: "index" };
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
    scan: "index",
  };
}

/** What may be found of a copy, as the database said with this answer. */
function shelfFilter(filter: SearchFilter, answer: CandidatesAnswer): ShelfFilter {
  const asked =
    filter.documentIds === undefined || filter.documentIds.length === 0 ? null : filter.documentIds;
  const wanted = answer.wanted === null ? null : new Set(answer.wanted);
  return {
    collectionIds: answer.collections,
    documentIds: wanted === null ? asked : (asked?.filter((id) => wanted.has(id)) ?? [...wanted]),
    exceptDocumentIds: answer.deleting,
    exceptVersionIds: answer.building,
    exceptChunkIds: answer.retired,
  };
}

async function findNearest(
  reader: Reader,
  plan: SearchPlan,
  answer: CandidatesAnswer,
  open: OpenVectors | null,
  compared: Comparison | null,
): Promise<{ rows: readonly Candidate[]; scan: FoundCandidates["vectorScan"] }> {
  const { vector, filter } = plan;
  if (vector === null) return { rows: [], scan: null };
  // More may have been stored since than one read brings.
  if (open?.follow(toVectorChanges(answer)) === false && open.hasRoom) await open.catchUp();
  if (open?.hasRoom !== true) return findByVector(reader, { ...plan, vector });
  const found = open.shelf.rank(
    compared ?? open.shelf.compare(vector),
    shelfFilter(filter, answer),
    plan.limit,
  );
  return { rows: found.map(({ chunkId, score }) => ({ id: chunkId, score })), scan: "shelf" };
}
