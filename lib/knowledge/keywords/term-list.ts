/** Places of terms in a passage, from 0, by term; those that do not stand in it are left out. */
export type Places = ReadonlyMap<string, readonly number[]>;

/** The terms of a passage in their order. Copies of the words keep them as numbers and spell them out when asked. */
export interface TermList {
  readonly length: number;
  /** All of them. */
  spell(): readonly string[];
  /** {@link hashTerm} of each. */
  hashes(): Int32Array;
  /** Where the asked terms stand. */
  placesOf(asked: readonly string[]): Places;
}

/** Terms as a list that knows its places. */
export function listedTerms(terms: readonly string[]): TermList {
  return {
    length: terms.length,
    spell: () => terms,
    hashes: () => Int32Array.from(terms, hashTerm),
    placesOf: (asked) => {
      const places = new Map<string, number[]>();
      const wanted = new Set(asked);
      for (const [at, term] of terms.entries()) if (wanted.has(term)) addPlace(places, term, at);
      return places;
    },
  };
}

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a over the term's letters (Fowler, Noll and Vo), 32 bits with sign. */
export function hashTerm(term: string): number {
  let hash = OFFSET_BASIS;
  for (let at = 0; at < term.length; at += 1) hash = Math.imul(hash ^ term.charCodeAt(at), PRIME);
  // The upper bits of what was multiplied last are mixed into the lower ones.
  return (hash ^ (hash >>> 15)) | 0;
}

/** Takes note of one more place of a term. */
export function addPlace(places: Map<string, number[]>, term: string, at: number): void {
  const known = places.get(term);
  if (known === undefined) places.set(term, [at]);
  else known.push(at);
}
