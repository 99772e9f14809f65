/**
 * Relevance here is by words, not by labels on chunks: a retrieved passage is relevant to an expected source when it
 * belongs to the expected document and shares at least one character with the expected quote, as `locateQuote` finds
 * it. The same dataset therefore measures any way of cutting documents into chunks. The unit that is counted is the
 * expected source; a second passage with the same source adds nothing.
 */

/** For each passage, best first: the positions of the expected sources it holds. */
export type Coverage = readonly (readonly number[])[];

/** The rank from 1 of the first passage that holds the source, or infinity. */
function firstRank(coverage: Coverage, source: number): number {
  const index = coverage.findIndex((sources) => sources.includes(source));
  return index === -1 ? Number.POSITIVE_INFINITY : index + 1;
}

/** First ranks of all expected sources, smallest first. */
function firstRanks(coverage: Coverage, sourceCount: number): number[] {
  return Array.from({ length: sourceCount }, (_, source) => firstRank(coverage, source)).sort(
    (a, b) => a - b,
  );
}

/**
 * Recall@k: expected sources held by at least one of the first k passages, divided by all expected sources.
 * (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 8.4, with sources as the relevant units.)
 */
export function recallAt(k: number, coverage: Coverage, sourceCount: number): number {
  return firstRanks(coverage, sourceCount).filter((rank) => rank <= k).length / sourceCount;
}

/**
 * nDCG@k with gain 1 and discount 1/log2(rank + 1) (Järvelin and Kekäläinen, TOIS 2002): each expected source gains
 * once, at the first passage that holds it (as in alpha-nDCG with alpha 1; Clarke et al., SIGIR 2008). The ideal
 * has one source at each rank from 1. Sources held by one and the same passage count at consecutive ranks, so that
 * the value stays within 0 and 1.
 */
export function ndcgAt(k: number, coverage: Coverage, sourceCount: number): number {
  const discount = (rank: number) => 1 / Math.log2(rank + 1);
  let gained = 0;
  let ideal = 0;
  for (const [index, first] of firstRanks(coverage, sourceCount).entries()) {
    const rank = Math.max(first, index + 1);
    if (rank <= k) gained += discount(rank);
    if (index + 1 <= k) ideal += discount(index + 1);
  }
  return gained / ideal;
}

/** Reciprocal rank: 1 divided by the rank of the first relevant passage among the first k, else 0. */
export function reciprocalRankAt(k: number, coverage: Coverage, sourceCount: number): number {
  const [best = Number.POSITIVE_INFINITY] = firstRanks(coverage, sourceCount);
  return best <= k ? 1 / best : 0;
}
