/** A passage to compare with others. */
export interface ComparedPassage {
  readonly chunkId: string;
  readonly searchTerms: string;
}

/** Neighbouring terms in one shingle: shorter ones are shared by chance. */
const SHINGLE_TERMS = 5;
/** Share of common shingles from which two passages say the same. */
const SAME_SHARE = 0.8;
/** Passages shorter than this are too small to tell. */
const TERMS_MIN = 12;

function shinglesOf(searchTerms: string): Set<string> | null {
  const starts = [0];
  for (let at = searchTerms.indexOf(" "); at !== -1; at = searchTerms.indexOf(" ", at + 1))
    starts.push(at + 1);
  if (starts.length < TERMS_MIN) return null;
  // Where the term after the last one would begin.
  starts.push(searchTerms.length + 1);
  const shingles = new Set<string>();
  for (let at = 0; at + SHINGLE_TERMS < starts.length; at += 1) {
    shingles.add(searchTerms.slice(starts[at], (starts[at + SHINGLE_TERMS] ?? 0) - 1));
  }
  return shingles;
}

function isSame(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
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
  const kept: { passage: Passage; shingles: Set<string> | null }[] = [];
  const folded: { passage: Passage; into: Passage }[] = [];
  for (const passage of passages) {
    if (kept.length >= limit) break;
    const shingles = shinglesOf(passage.searchTerms);
    const twin =
      shingles === null
        ? undefined
        : kept.find((other) => other.shingles !== null && isSame(other.shingles, shingles));
    if (twin === undefined) kept.push({ passage, shingles });
    else folded.push({ passage, into: twin.passage });
  }
  return { kept: kept.map(({ passage }) => passage), folded };
}
