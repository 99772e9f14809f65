import { BestRows } from "./best-rows.ts";
import { strideOf, type VectorArena } from "./vector-arena.ts";

/** A stored vector: its number (rising with each insert), what it belongs to, and its values. */
export interface ShelfRow {
  readonly seq: number;
  readonly chunkId: string;
  readonly collectionId: string;
  readonly documentId: string;
  readonly versionId: string;
  readonly vector: Float32Array;
}

/** What may be found. */
export interface ShelfFilter {
  readonly collectionIds: readonly string[];
  /** Null: any document of the collections. */
  readonly documentIds: readonly string[] | null;
  readonly exceptDocumentIds: readonly string[];
  readonly exceptVersionIds: readonly string[];
  readonly exceptChunkIds: readonly string[];
}

/** A vector and its inner products with the rows a shelf held when it was compared. */
export interface Comparison {
  readonly query: Float32Array;
  /** Turns a sum times the row's factor into a similarity. */
  readonly factor: number;
  /** Per row, in their order. */
  readonly sums: Int32Array;
}

/** Stands in the place of the collection of a row that is gone. */
const NOWHERE = 0;

/** Numbers for ids, from 1. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size + 1;
  }

  numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.size);
    return this.size - 1;
  }

  /** One flag per number: `value` for the ids given, the opposite for the others. */
  flags(ids: readonly string[], value: 0 | 1): Uint8Array {
    const flags = new Uint8Array(this.size).fill(1 - value);
    for (const id of ids) {
      const number = this.#numbers.get(id);
      if (number !== undefined) flags[number] = value;
    }
    return flags;
  }
}

/**
 * The vectors of one organisation in one vector space, as codes in the memory of this process: a mirror of the rows of
 * `chunk_vector`, brought up to date by what each search reads beside its own question.
 */
export class VectorShelf {
  readonly #arena: VectorArena;
  readonly #dimensions: number;
  readonly #stride: number;
  readonly #blocks: number[] = [];
  readonly #seqs: number[] = [];
  readonly #chunkIds: string[] = [];
  readonly #factors: number[] = [];
  readonly #collectionOf: number[] = [];
  readonly #documentOf: number[] = [];
  readonly #versionOf: number[] = [];
  readonly #collections = new Numbering();
  readonly #documents = new Numbering();
  readonly #versions = new Numbering();
  #gone = 0;
  #mark = 0;

  constructor(arena: VectorArena, dimensions: number) {
    this.#arena = arena;
    this.#dimensions = dimensions;
    this.#stride = strideOf(dimensions);
  }

  /** The highest number seen. */
  get mark(): number {
    return this.#mark;
  }

  /** Rows that can be found. */
  get size(): number {
    return this.#seqs.length - this.#gone;
  }

  /** True when so many rows are gone that it should be read anew. */
  get isWorn(): boolean {
    return this.#gone > 10_000 && this.#gone > this.size;
  }

  /**
   * Adds rows in the order of their numbers; those known already are passed over, so that answers of two searches
   * that asked at once may both be applied.
   *
   * @returns false when the arena has no room.
   */
  add(rows: readonly ShelfRow[]): boolean {
    for (const row of rows) {
      if (row.seq <= this.#mark) continue;
      if (row.vector.length !== this.#dimensions) {
        this.#mark = row.seq;
        continue;
      }
      const perBlock = this.#arena.rowsPerBlock(this.#stride);
      const index = this.#seqs.length;
      if (index === this.#blocks.length * perBlock) {
        const block = this.#arena.takeBlock();
        if (block === null) return false;
        this.#blocks.push(block);
      }
      this.#factors.push(this.#arena.writeCodes(row.vector, this.#addressOf(index)));
      this.#chunkIds.push(row.chunkId);
      this.#collectionOf.push(this.#collections.numberOf(row.collectionId));
      this.#documentOf.push(this.#documents.numberOf(row.documentId));
      this.#versionOf.push(this.#versions.numberOf(row.versionId));
      this.#seqs.push(row.seq);
      this.#mark = row.seq;
    }
    return true;
  }

  /** Wipes the rows with these numbers. */
  remove(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const index = this.#indexOf(seq);
      if (index === -1 || this.#collectionOf[index] === NOWHERE) continue;
      this.#collectionOf[index] = NOWHERE;
      this.#chunkIds[index] = "";
      this.#arena.wipeCodes(this.#addressOf(index), this.#stride);
      this.#gone += 1;
    }
  }

  /**
   * Compares a vector with every row, before it is known which of them pass: a search has this done while the database
   * still works out what may be found.
   */
  compare(query: Float32Array): Comparison {
    if (query.length !== this.#dimensions) return { query, factor: 0, sums: new Int32Array(0) };
    const sums = new Int32Array(this.#seqs.length);
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
    const collections = this.#collections.flags(filter.collectionIds, 1);
    collections[NOWHERE] = 0;
    const documents =
      filter.documentIds === null
        ? this.#documents.flags(filter.exceptDocumentIds, 0)
        : this.#documents.flags(filter.documentIds, 1);
    if (filter.documentIds !== null) {
      for (const [number, flag] of this.#documents.flags(filter.exceptDocumentIds, 0).entries()) {
        if (flag === 0) documents[number] = 0;
      }
    }
    const versions = this.#versions.flags(filter.exceptVersionIds, 0);
    const retired = new Set(filter.exceptChunkIds);
    const best = new BestRows(limit);
    let floor = best.floor;
    for (let index = 0; index < this.#seqs.length; index += 1) {
      const score = (sums[index] ?? 0) * (this.#factors[index] ?? 0);
      if (score <= floor) continue;
      if (collections[this.#collectionOf[index] ?? NOWHERE] === 0) continue;
      if (documents[this.#documentOf[index] ?? 0] === 0 || versions[this.#versionOf[index] ?? 0] === 0)
        continue;
      if (retired.size > 0 && retired.has(this.#chunkIds[index] ?? "")) continue;
      best.add(index, score);
      floor = best.floor;
    }
    return best
      .sorted()
      .map(({ row, score }) => ({ chunkId: this.#chunkIds[row] ?? "", score: score * factor }));
  }

  /** Gives its memory back, wiped. */
  clear(): void {
    this.#arena.giveBack(this.#blocks.splice(0));
    for (const list of [this.#seqs, this.#chunkIds, this.#factors]) list.length = 0;
    for (const list of [this.#collectionOf, this.#documentOf, this.#versionOf]) list.length = 0;
    this.#gone = 0;
    this.#mark = 0;
  }

  #withNewRows({ query, sums }: Comparison): Int32Array {
    if (sums.length >= this.#seqs.length) return sums;
    const all = new Int32Array(this.#seqs.length);
    all.set(sums);
    this.#compareFrom(sums.length, query, all);
    return all;
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

  #indexOf(seq: number): number {
    let low = 0;
    let high = this.#seqs.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#seqs[middle] ?? 0;
      if (found === seq) return middle;
      if (found < seq) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
