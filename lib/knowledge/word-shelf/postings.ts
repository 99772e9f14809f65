import { addPlace, hashTerm, type Places } from "../keywords/term-list.ts";

/** A term's count in a row stands in the lowest bits of an entry; more often than this counts as this often. */
const COUNT_BITS = 6;
const COUNT_MAX = (1 << COUNT_BITS) - 1;
/** Rows that fit beside it in 31 bits. */
export const ROWS_MAX = 2 ** (31 - COUNT_BITS);
/** Longer lists are typed arrays, which take half the memory. */
const LIST_MAX = 32;
/** Terms of a question that are looked for at once. */
const MARKED_MAX = 255;

/** By number of a term, its place among those looked for, from 1; all zero between two readings, so all shelves share it. */
let marks = new Uint8Array(0);

/** Entries of one term, in the order of their rows; beyond `length` there is room. */
interface Posting {
  entries: number[] | Uint32Array;
  length: number;
}

/** Which rows hold a term, and how often, and the terms of each row in their order: an inverted index and its source. */
export class Postings {
  readonly #numbers = new Map<string, number>();
  readonly #terms: string[] = [];
  readonly #hashes: number[] = [];
  readonly #postings: (Posting | undefined)[] = [];
  readonly #termsOf: Uint32Array[] = [];
  readonly #free: number[] = [];

  /** Terms of all rows, each as often as it comes. */
  size = 0;

  /** Adds a row behind all others. */
  add(row: number, terms: readonly string[]): void {
    const numbers = Uint32Array.from(terms, (term) => this.#numberOf(term));
    this.#termsOf[row] = numbers;
    const counts = new Map<number, number>();
    for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
    for (const [number, count] of counts) {
      const posting = this.#postings[number];
      if (posting !== undefined) push(posting, row * (COUNT_MAX + 1) + Math.min(count, COUNT_MAX));
    }
    this.size += numbers.length;
  }

  /** Removes rows; a term that no row holds any more is forgotten. */
  remove(rows: ReadonlySet<number>): void {
    const touched = new Set<number>();
    for (const row of rows) {
      for (const number of this.#termsOf[row] ?? []) touched.add(number);
      this.size -= this.#termsOf[row]?.length ?? 0;
      this.#termsOf[row] = new Uint32Array(0);
    }
    const emptied: number[] = [];
    for (const number of touched) {
      const posting = this.#postings[number];
      if (posting === undefined) continue;
      keep(posting, rows);
      if (posting.length === 0) emptied.push(number);
    }
    if (emptied.length > 0) this.#forget(emptied);
  }

  /** Rows that hold the term. */
  countOf(term: string): number {
    return this.#find(term)?.length ?? 0;
  }

  /** Calls `visit` with each row that holds the term, and how often it does, up to 63. */
  visit(term: string, visit: (row: number, count: number) => void): void {
    const posting = this.#find(term);
    if (posting === undefined) return;
    const { entries, length } = posting;
    for (let at = 0; at < length; at += 1) {
      const entry = entries[at] ?? 0;
      visit(entry >>> COUNT_BITS, entry & COUNT_MAX);
    }
  }

  clear(): void {
    this.#numbers.clear();
    for (const list of [this.#terms, this.#hashes, this.#postings, this.#termsOf, this.#free])
      list.length = 0;
    this.size = 0;
  }

  /** The terms of a row, in their order. */
  termsOf(row: number): string[] {
    const numbers = this.#termsOf[row];
    const terms: string[] = [];
    if (numbers === undefined) return terms;
    // An iterator would make an object for every term.
    for (let at = 0; at < numbers.length; at += 1) terms.push(this.#terms[numbers[at] ?? -1] ?? "");
    return terms;
  }

  /** Where the asked terms stand in a row. */
  placesOf(row: number, asked: readonly string[]): Places {
    const places = new Map<string, number[]>();
    const numbers = this.#termsOf[row];
    if (numbers === undefined) return places;
    if (marks.length < this.#terms.length) marks = new Uint8Array(this.#terms.length * 2);
    const wanted = asked.slice(0, MARKED_MAX);
    for (const [index, term] of wanted.entries()) marks[this.#numbers.get(term) ?? marks.length] = index + 1;
    // Some fifty passages of each search are read so: numbers are compared ten times as fast as words.
    for (let at = 0; at < numbers.length; at += 1) {
      const mark = marks[numbers[at] ?? 0] ?? 0;
      if (mark !== 0) addPlace(places, wanted[mark - 1] ?? "", at);
    }
    for (const term of wanted) marks[this.#numbers.get(term) ?? marks.length] = 0;
    return places;
  }

  /** The hashes of a row's terms, in their order. */
  hashesOf(row: number): Int32Array {
    const numbers = this.#termsOf[row] ?? new Uint32Array(0);
    const hashes = new Int32Array(numbers.length);
    for (let at = 0; at < numbers.length; at += 1) hashes[at] = this.#hashes[numbers[at] ?? -1] ?? 0;
    return hashes;
  }

  /** How many terms a row has. */
  lengthOf(row: number): number {
    return this.#termsOf[row]?.length ?? 0;
  }

  /** A test whether a row holds these terms side by side. */
  holding(run: readonly string[]): (row: number) => boolean {
    const numbers = run.map((term) => this.#numbers.get(term) ?? -1);
    const [first = -1] = numbers;
    return (row) => {
      const terms = this.#termsOf[row];
      for (let at = terms?.indexOf(first) ?? -1; at !== -1; at = terms?.indexOf(first, at + 1) ?? -1) {
        if (numbers.every((number, place) => terms?.[at + place] === number)) return true;
      }
      return false;
    };
  }

  #find(term: string): Posting | undefined {
    const number = this.#numbers.get(term);
    return number === undefined ? undefined : this.#postings[number];
  }

  #numberOf(term: string): number {
    const known = this.#numbers.get(term);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#postings.length;
    this.#numbers.set(term, number);
    this.#terms[number] = term;
    this.#hashes[number] = hashTerm(term);
    this.#postings[number] = { entries: [], length: 0 };
    return number;
  }

  #forget(emptied: readonly number[]): void {
    for (const number of emptied) {
      this.#numbers.delete(this.#terms[number] ?? "");
      this.#terms[number] = "";
      this.#postings[number] = undefined;
      this.#free.push(number);
    }
  }
}

function push(posting: Posting, entry: number): void {
  const { entries, length } = posting;
  if (Array.isArray(entries) && length < LIST_MAX) entries.push(entry);
  else {
    if (length === entries.length || Array.isArray(entries)) {
      const wider = new Uint32Array(length * 2);
      wider.set(entries);
      posting.entries = wider;
    }
    posting.entries[length] = entry;
  }
  posting.length += 1;
}

/** Takes the rows out. */
function keep(posting: Posting, removed: ReadonlySet<number>): void {
  const { entries, length } = posting;
  let kept = 0;
  for (let at = 0; at < length; at += 1) {
    const entry = entries[at] ?? 0;
    if (removed.has(entry >>> COUNT_BITS)) continue;
    entries[kept] = entry;
    kept += 1;
  }
  if (Array.isArray(entries)) entries.length = kept;
  else entries.fill(0, kept, length);
  posting.length = kept;
}
