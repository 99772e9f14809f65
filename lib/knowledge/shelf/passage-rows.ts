/** A stored row of a passage: its number (rising with each insert), and what it belongs to. */
export interface PassageRow {
  readonly seq: number;
  readonly chunkId: string;
  readonly collectionId: string;
  readonly documentId: string;
  readonly versionId: string;
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

/** Stands in the place of the collection of a row that is gone. */
const NOWHERE = 0;

/** Numbers for ids, from 1. */
class Numbering {
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [""];

  get size(): number {
    return this.#numbers.size + 1;
  }

  numberOf(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.#numbers.set(id, this.size);
    this.#ids.push(id);
    return this.size - 1;
  }

  idOf(number: number): string {
    return this.#ids[number] ?? "";
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

  clear(): void {
    this.#numbers.clear();
    this.#ids.length = 1;
  }
}

/** Whose passages a shelf holds, in the order of their numbers, and which of them pass a filter. */
export class PassageRows {
  readonly #seqs: number[] = [];
  readonly #chunkIds: string[] = [];
  readonly #collectionOf: number[] = [];
  readonly #documentOf: number[] = [];
  readonly #versionOf: number[] = [];
  readonly #collections = new Numbering();
  readonly #documents = new Numbering();
  readonly #versions = new Numbering();
  #gone = 0;

  /** The highest number seen. */
  mark = 0;

  /** Rows with those that are gone. */
  get length(): number {
    return this.#seqs.length;
  }

  /** Rows that can be found. */
  get size(): number {
    return this.#seqs.length - this.#gone;
  }

  /** True when so many rows are gone that the shelf should be read anew. */
  get isWorn(): boolean {
    return this.#gone > 10_000 && this.#gone > this.size;
  }

  /** Adds a row with a number above all others. */
  add(row: PassageRow): void {
    this.#chunkIds.push(row.chunkId);
    this.#collectionOf.push(this.#collections.numberOf(row.collectionId));
    this.#documentOf.push(this.#documents.numberOf(row.documentId));
    this.#versionOf.push(this.#versions.numberOf(row.versionId));
    this.#seqs.push(row.seq);
    this.mark = row.seq;
  }

  /** Forgets the row with this number; returns its place, -1 when there is none or it is gone already. */
  remove(seq: number): number {
    const index = this.#indexOf(seq);
    if (index === -1 || this.#collectionOf[index] === NOWHERE) return -1;
    this.#collectionOf[index] = NOWHERE;
    this.#chunkIds[index] = "";
    this.#gone += 1;
    return index;
  }

  /** The passage of the row with this number; empty when there is none. */
  chunkIdOf(seq: number): string {
    return this.chunkIdAt(this.#indexOf(seq));
  }

  chunkIdAt(index: number): string {
    return this.#chunkIds[index] ?? "";
  }

  documentIdAt(index: number): string {
    return this.#documents.idOf(this.#documentOf[index] ?? 0);
  }

  /** A test of rows, by their places. */
  passing(filter: ShelfFilter): (index: number) => boolean {
    const collections = this.#collections.flags(filter.collectionIds, 1);
    collections[NOWHERE] = 0;
    const documents = this.#wantedDocuments(filter);
    const versions = this.#versions.flags(filter.exceptVersionIds, 0);
    const retired = new Set(filter.exceptChunkIds);
    return (index) =>
      collections[this.#collectionOf[index] ?? NOWHERE] === 1 &&
      documents[this.#documentOf[index] ?? 0] === 1 &&
      versions[this.#versionOf[index] ?? 0] === 1 &&
      !(retired.size > 0 && retired.has(this.#chunkIds[index] ?? ""));
  }

  clear(): void {
    for (const list of [this.#seqs, this.#collectionOf, this.#documentOf, this.#versionOf]) list.length = 0;
    this.#chunkIds.length = 0;
    for (const numbering of [this.#collections, this.#documents, this.#versions]) numbering.clear();
    this.#gone = 0;
    this.mark = 0;
  }

  #wantedDocuments({ documentIds, exceptDocumentIds }: ShelfFilter): Uint8Array {
    if (documentIds === null) return this.#documents.flags(exceptDocumentIds, 0);
    const except = new Set(exceptDocumentIds);
    return this.#documents.flags(
      documentIds.filter((id) => !except.has(id)),
      1,
    );
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
