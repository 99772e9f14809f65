/** BM25's k1: how soon a term said again counts no more. The index has the same. */
export const SATURATION = 1.2;
/** BM25's b: how much a passage's length counts. */
export const LENGTH_SHARE = 0.75;

/** How often each term comes. */
export function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) if (term !== "") counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** BM25's inverse document frequency, never negative: of a term that `holders` of `passages` hold. */
export function rarityOf(holders: number, passages: number): number {
  return Math.log(1 + (passages - holders + 0.5) / (holders + 0.5));
}
