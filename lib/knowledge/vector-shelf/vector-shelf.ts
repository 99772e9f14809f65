import { BestRows } from "../shelf/best-rows.ts";
import type { PassageRow, ShelfFilter } from "../shelf/passage-rows.ts";
import { RowShelf } from "../shelf/row-shelf.ts";
import { strideOf, type VectorArena } from "./vector-arena.ts";

/** A stored vector. */
export interface ShelfRow extends PassageRow {
  readonly vector: Float32Array;
}

/** A vector and its inner products with the rows a shelf held when it was compared. */
export interface Comparison {
  readonly query: Float32Array;
  /** Turns a sum times the row's factor into a similarity. */
  readonly factor: number;
  /** Per row, in their order; taken back by the ranking. */
  sums: Int32Array;
}

const NO_SUMS = new Int32Array(0);
/** Searches that compare at the same time and find the memory of an earlier one. */
const SPARE_MAX = 4;

/**
 * The vectors of one organisation in one vector space, as codes in the memory of this process: a mirror of the rows of
 * `chunk_vector`, brought up to date by what each search reads beside its own question.
 */
export class VectorShelf extends RowShelf {
  readonly #arena: VectorArena;
  readonly #dimensions: number;
  readonly #stride: number;
  readonly #blocks: number[] = [];
  readonly #factors: number[] = [];
  /** Sums of rankings that are over. */
  readonly #spare: Int32Array[] = [];

  constructor(arena: VectorArena, dimensions: number) {
    super();
    this.#arena = arena;
    this.#dimensions = dimensions;
    this.#stride = strideOf(dimensions);
  }

  /**
   * Adds rows in the order of their numbers; those known already are passed over, so that answers of two searches
   * that asked at once may both be applied.
   *
   * @returns false when the arena has no room.
   */
  add(rows: readonly ShelfRow[]): boolean {
    for (const row of rows) {
      if (row.seq <= this.rows.mark) continue;
      if (row.vector.length !== this.#dimensions) {
        this.rows.mark = row.seq;
        continue;
      }
      const perBlock = this.#arena.rowsPerBlock(this.#stride);
      const index = this.rows.length;
      if (index === this.#blocks.length * perBlock) {
        const block = this.#arena.takeBlock();
        if (block === null) return false;
        this.#blocks.push(block);
      }
      this.#factors.push(this.#arena.writeCodes(row.vector, this.#addressOf(index)));
      this.rows.add(row);
    }
    return true;
  }

  /** Wipes the rows with these numbers. */
  remove(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const index = this.rows.remove(seq);
      if (index !== -1) this.#arena.wipeCodes(this.#addressOf(index), this.#stride);
    }
  }

  /**
   * Compares a vector with every row, before it is known which of them pass: a search has this done while the database
   * still works out what may be found.
   */
  compare(query: Float32Array): Comparison {
    if (query.length !== this.#dimensions) return { query, factor: 0, sums: NO_SUMS };
    const sums = this.#newSums();
    return { query, factor: this.#compareFrom(0, query, sums), sums };
  }

  /**
   * The rows most like a compared vector, best first, with their cosine similarity (of the codes: right to about .003).
   * Every row that passes the filter counts, also those added since, so nothing near is missed however little passes.
   */
  rank(compared: Comparison, filter: ShelfFilter, limit: number): { chunkId: string; score: number }[] {
    const { query, factor } = compared;
    if (query.length !== this.#dimensions) return [];
    const sums = this.#withNewRows(compared);
    const passes = this.rows.passing(filter);
    const best = new BestRows(limit);
    let floor = best.floor;
    for (let index = 0; index < sums.length; index += 1) {
      const score = (sums[index] ?? 0) * (this.#factors[index] ?? 0);
      if (score <= floor || !passes(index)) continue;
      best.add(index, score);
      floor = best.floor;
    }
    compared.sums = NO_SUMS;
    if (this.#spare.length < SPARE_MAX) this.#spare.push(sums);
    return best
      .sorted()
      .map(({ row, score }) => ({ chunkId: this.rows.chunkIdAt(row), score: score * factor }));
  }

  /** Gives its memory back, wiped. */
  clear(): void {
    this.#arena.giveBack(this.#blocks.splice(0));
    this.#factors.length = 0;
    this.#spare.length = 0;
    this.rows.clear();
  }

  #withNewRows({ query, sums }: Comparison): Int32Array {
    if (sums.length >= this.rows.length) return sums;
    const all = this.#newSums();
    all.set(sums);
    this.#compareFrom(sums.length, query, all);
    return all;
  }

  /** Room for a sum a row: that of an earlier ranking when it is of the right size. */
  #newSums(): Int32Array {
    const spare = this.#spare.pop();
    return spare?.length === this.rows.length ? spare : new Int32Array(this.rows.length);
  }

  /** Writes the sums of the rows from `first` on; returns the query's factor. */
  #compareFrom(first: number, query: Float32Array, sums: Int32Array): number {
    const factor = this.#arena.writeQuery(query);
    const perBlock = this.#arena.rowsPerBlock(this.#stride);
    for (let from = first; from < sums.length; ) {
      const count = Math.min(perBlock - (from % perBlock), sums.length - from);
      sums.set(this.#arena.sums(this.#addressOf(from), count, this.#stride), from);
      from += count;
    }
    return factor;
  }

  #addressOf(index: number): number {
    const perBlock = this.#arena.rowsPerBlock(this.#stride);
    return (this.#blocks[Math.floor(index / perBlock)] ?? 0) + (index % perBlock) * this.#stride;
  }
}
