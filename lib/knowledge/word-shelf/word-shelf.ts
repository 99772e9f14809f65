import { countTerms, LENGTH_SHARE, rarityOf, SATURATION } from "../keywords/bm25.ts";
import type { TermList } from "../keywords/term-list.ts";
import { BestRows } from "../shelf/best-rows.ts";
import type { PassageRow, ShelfFilter } from "../shelf/passage-rows.ts";
import { RowShelf } from "../shelf/row-shelf.ts";
import { DocumentTitles } from "./document-titles.ts";
import { Postings, ROWS_MAX } from "./postings.ts";

/** A passage with its terms, separated by blanks, and its document's title. */
export interface WordRow extends PassageRow {
  readonly terms: string;
  readonly title: string;
}

/** What a passage is ranked by. */
export interface KnownPassage {
  readonly documentId: string;
  readonly title: string;
  readonly terms: TermList;
}

/** Room for words of passages (some 12 bytes each), shared by all shelves of a process. */
export class WordBudget {
  #left: number;

  constructor(words: number) {
    this.#left = words;
  }

  get left(): number {
    return this.#left;
  }

  /** Takes room, or gives it back when the number is negative. */
  take(words: number): void {
    this.#left -= words;
  }
}

/**
 * Scores by row, all zero between two rankings, and the rows that have one. A ranking is over before the next begins, so all
 * shelves share them: made anew for each search they would be most of its garbage.
 */
let scores = new Float64Array(0);
let touched = new Int32Array(0);

function makeRoom(rows: number): void {
  if (scores.length >= rows) return;
  scores = new Float64Array(rows * 2);
  touched = new Int32Array(rows * 2);
}

/**
 * The words of one organisation's passages in the memory of this process: a mirror of `chunk.search_terms`, brought up to
 * date by what each search reads beside its own question.
 */
export class WordShelf extends RowShelf {
  readonly #budget: WordBudget;
  readonly #postings = new Postings();
  readonly #lengths: number[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #titles = new DocumentTitles();
  #wordsInAll = 0;

  constructor(budget: WordBudget) {
    super();
    this.#budget = budget;
  }

  /** Adds rows in the order of their numbers; those known already are passed over. Returns false when there is no room. */
  add(rows: readonly WordRow[]): boolean {
    for (const row of rows) {
      if (row.seq <= this.rows.mark) continue;
      const words = row.terms === "" ? [] : row.terms.split(" ");
      const index = this.rows.length;
      if (words.length > this.#budget.left || index >= ROWS_MAX) return false;
      this.#budget.take(words.length);
      this.#postings.add(index, words);
      this.#rowOf.set(row.chunkId, index);
      this.#lengths.push(words.length);
      this.#wordsInAll += words.length;
      this.#titles.hold(row.documentId, row.title);
      this.rows.add(row);
    }
    return true;
  }

  /** Forgets the rows with these numbers, words and all. */
  remove(seqs: readonly number[]): void {
    const removed = new Set<number>();
    for (const seq of seqs) {
      const chunkId = this.rows.chunkIdOf(seq);
      const index = this.rows.remove(seq);
      if (index === -1) continue;
      // A passage whose terms changed has another row already.
      if (this.#rowOf.get(chunkId) === index) this.#rowOf.delete(chunkId);
      removed.add(index);
      this.#titles.release(this.rows.documentIdAt(index));
      this.#wordsInAll -= this.#lengths[index] ?? 0;
      this.#lengths[index] = 0;
    }
    if (removed.size === 0) return;
    const before = this.#postings.size;
    this.#postings.remove(removed);
    this.#budget.take(this.#postings.size - before);
  }

  retitle(titles: readonly (readonly [string, string])[]): void {
    for (const [documentId, title] of titles) this.#titles.change(documentId, title);
  }

  /** What a passage is ranked by; undefined when it is not here. */
  find(chunkId: string): KnownPassage | undefined {
    const row = this.#rowOf.get(chunkId);
    if (row === undefined) return undefined;
    const documentId = this.rows.documentIdAt(row);
    return { documentId, title: this.#titles.titleOf(documentId), terms: this.#termsOf(row) };
  }

  /**
   * The passages that fit the terms best, by BM25 (k1 1.2, b .75; Robertson and Zaragoza, The Probabilistic Relevance
   * Framework, 2009) with the rarities of this organisation's passages. Every row that passes the filter counts.
   *
   * @param isPhrase Whether the terms have to stand side by side.
   */
  rank(query: string, filter: ShelfFilter, limit: number, isPhrase = false): { id: string; score: number }[] {
    const terms = query.split(" ");
    makeRoom(this.rows.length);
    const lengths = this.#lengths;
    const meanLength = this.#wordsInAll / (this.size || 1) || 1;
    const base = SATURATION * (1 - LENGTH_SHARE);
    const perWord = (SATURATION * LENGTH_SHARE) / meanLength;
    let count = 0;
    for (const [term, wanted] of countTerms(terms)) {
      const weight = wanted * rarityOf(this.#postings.countOf(term), this.size) * (SATURATION + 1);
      this.#postings.visit(term, (row, times) => {
        const before = scores[row] ?? 0;
        if (before === 0) {
          touched[count] = row;
          count += 1;
        }
        scores[row] = before + (weight * times) / (times + base + perWord * (lengths[row] ?? 0));
      });
    }
    const passes = this.rows.passing(filter);
    const holds = this.#postings.holding(terms);
    const isWanted = isPhrase ? (row: number) => passes(row) && holds(row) : passes;
    return this.#takeBest(count, isWanted, limit);
  }

  /** Gives its memory back. */
  clear(): void {
    this.#budget.take(-this.#postings.size);
    this.#postings.clear();
    this.rows.clear();
    this.#lengths.length = 0;
    this.#rowOf.clear();
    this.#titles.clear();
    this.#wordsInAll = 0;
  }

  #termsOf(row: number): TermList {
    const postings = this.#postings;
    return {
      length: postings.lengthOf(row),
      spell: () => postings.termsOf(row),
      hashes: () => postings.hashesOf(row),
      placesOf: (asked) => postings.placesOf(row, asked),
    };
  }

  /** The best of the first `count` touched rows; leaves no score behind. */
  #takeBest(count: number, isWanted: (row: number) => boolean, limit: number) {
    const best = new BestRows(limit);
    let floor = best.floor;
    for (let at = 0; at < count; at += 1) {
      const row = touched[at] ?? 0;
      const score = scores[row] ?? 0;
      scores[row] = 0;
      if (score <= floor || !isWanted(row)) continue;
      best.add(row, score);
      floor = best.floor;
    }
    return best.sorted().map(({ row, score }) => ({ id: this.rows.chunkIdAt(row), score }));
  }
}
