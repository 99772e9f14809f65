import type { TermList } from "../keywords/term-list.ts";

/** A passage to compare with others. */
export interface ComparedPassage {
  readonly chunkId: string;
  readonly terms: TermList;
}

/** Neighbouring terms in one shingle: shorter ones are shared by chance. */
const SHINGLE_TERMS = 5;
/** Share of common shingles from which two passages say the same. */
const SAME_SHARE = 0.8;
/** Passages shorter than this are too small to tell. */
const TERMS_MIN = 12;
const PRIME = 0x01000193;

/** The passage's shingles as hashes, each once, in rising order: two that differ share one in four thousand million. */
function shinglesOf(terms: TermList): Int32Array | null {
  if (terms.length < TERMS_MIN) return null;
  const hashes = terms.hashes();
  const shingles = new Int32Array(hashes.length - SHINGLE_TERMS + 1);
  for (let at = 0; at < shingles.length; at += 1) {
    let shingle = 0;
    for (let place = at; place < at + SHINGLE_TERMS; place += 1) {
      shingle = Math.imul(shingle ^ (hashes[place] ?? 0), PRIME);
    }
    shingles[at] = shingle;
  }
  shingles.sort();
  let kept = 0;
  for (let at = 0; at < shingles.length; at += 1) {
    if (at > 0 && shingles[at] === shingles[at - 1]) continue;
    shingles[kept] = shingles[at] ?? 0;
    kept += 1;
  }
  return shingles.subarray(0, kept);
}

function isSame(left: Int32Array, right: Int32Array): boolean {
  // Too different in length to reach the share.
  if (Math.min(left.length, right.length) < SAME_SHARE * Math.max(left.length, right.length)) return false;
  let shared = 0;
  for (let at = 0, other = 0; at < left.length && other < right.length; ) {
    const difference = (left[at] ?? 0) - (right[other] ?? 0);
    if (difference === 0) shared += 1;
    if (difference <= 0) at += 1;
    if (difference >= 0) other += 1;
  }
  return shared >= SAME_SHARE * (left.length + right.length - shared);
}

/**
 * Leaves out passages that repeat a better one almost word for word (Broder, "On the resemblance and containment of
 * documents", 1997: shared shingles). Stops when `limit` passages stand.
 */
export function foldDuplicates<Passage extends ComparedPassage>(
  passages: readonly Passage[],
  limit: number,
): { kept: Passage[]; folded: { passage: Passage; into: Passage }[] } {
  const kept: { passage: Passage; shingles: Int32Array | null }[] = [];
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
