/** A passage to compare with others. */
export interface ComparedPassage {
  readonly chunkId: string;
  readonly terms: readonly string[];
}

/** Neighbouring terms in one shingle: shorter ones are shared by chance. */
const SHINGLE_TERMS = 5;
/** Share of common shingles from which two passages say the same. */
const SAME_SHARE = 0.8;
/** Passages shorter than this are too small to tell. */
const TERMS_MIN = 12;
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** The passage's shingles as hashes: two that differ share one in four thousand million. */
function shinglesOf(terms: readonly string[]): Set<number> | null {
  if (terms.length < TERMS_MIN) return null;
  const hashes = terms.map(hashOf);
  const shingles = new Set<number>();
  for (let at = 0; at + SHINGLE_TERMS <= hashes.length; at += 1) {
    let shingle = 0;
    for (let place = at; place < at + SHINGLE_TERMS; place += 1) {
      shingle = Math.imul(shingle ^ (hashes[place] ?? 0), PRIME);
    }
    shingles.add(shingle);
  }
  return shingles;
}

/** FNV-1a over the term's letters (Fowler, Noll and Vo), 32 bits. */
function hashOf(term: string): number {
  let hash = OFFSET_BASIS;
  for (let at = 0; at < term.length; at += 1) hash = Math.imul(hash ^ term.charCodeAt(at), PRIME);
  // The upper bits of what was multiplied last are mixed into the lower ones.
  return hash ^ (hash >>> 15);
}

function isSame(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  const [small, large] = left.size < right.size ? [left, right] : [right, left];
  // Too different in length to reach the share.
  if (small.size < SAME_SHARE * large.size) return false;
  let shared = 0;
  for (const shingle of small) if (large.has(shingle)) shared += 1;
  return shared >= SAME_SHARE * (left.size + right.size - shared);
}

/**
 * Leaves out passages that repeat a better one almost word for word (Broder, "On the resemblance and containment of
 * documents", 1997: shared shingles). Stops when `limit` passages stand.
 */
export function foldDuplicates<Passage extends ComparedPassage>(
  passages: readonly Passage[],
  limit: number,
): { kept: Passage[]; folded: { passage: Passage; into: Passage }[] } {
  const kept: { passage: Passage; shingles: Set<number> | null }[] = [];
  const folded: { passage: Passage; into: Passage }[] = [];
  for (const passage of passages) {
    if (kept.length >= limit) break;
    const shingles = shinglesOf(passage.terms);
    const twin =
      shingles === null
        ? undefined
        : kept.find((other) => other.shingles !== null && isSame(other.shingles, shingles));
    if (twin === undefined) kept.push({ passage, shingles });
    else folded.push({ passage, into: twin.passage });
  }
  return { kept: kept.map(({ passage }) => passage), folded };
}
