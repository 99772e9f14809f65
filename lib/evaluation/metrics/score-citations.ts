/** What the citation metrics need of one citation. */
export interface ScoredCitation {
  /** Quote equal to `text.slice(start, end)` of the stored version, in a document the asker may read. */
  readonly isValid: boolean;
  /** Positions of the expected sources whose quote the cited words overlap. */
  readonly covers: readonly number[];
}

/** Share of an answer's citations that are valid; undefined without citations. */
export function citationValidity(citations: readonly ScoredCitation[]): number | undefined {
  if (citations.length === 0) return undefined;
  return citations.filter((citation) => citation.isValid).length / citations.length;
}

/**
 * Citation precision against the expected sources: share of the citations that overlap one. A lower bound, since
 * another passage may support the answer as well. (The names follow ALCE, Gao et al. 2023; there a model judges
 * entailment, here the expected quotes decide.) Undefined without citations.
 */
export function citationPrecision(citations: readonly ScoredCitation[]): number | undefined {
  if (citations.length === 0) return undefined;
  return citations.filter((citation) => citation.covers.length > 0).length / citations.length;
}

/** Citation recall: share of the expected sources that at least one citation overlaps; 0 for an answer without citations. */
export function citationRecall(citations: readonly ScoredCitation[], sourceCount: number): number {
  const covered = new Set(citations.flatMap((citation) => citation.covers));
  return covered.size / sourceCount;
}
