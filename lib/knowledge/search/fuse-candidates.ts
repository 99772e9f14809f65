import type { Candidate } from "../queries/find-candidates.ts";

/** A candidate after fusion. */
export interface FusedCandidate {
  readonly id: string;
  readonly keyword: number | null;
  readonly semantic: number | null;
  /** 0 to 1. */
  readonly fused: number;
}

function scaler(candidates: readonly Candidate[]): (score: number) => number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { score } of candidates) {
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  return (score) => (high === low ? 1 : (score - low) / (high - low));
}

/**
 * Convex combination of both legs after min-max normalisation of each (Bruch, Gai, Ingber: "An Analysis of Fusion
 * Functions for Hybrid Retrieval", TOIS 2023): raw scores are never added, since BM25 of 30 would swamp a cosine of
 * .9. What only one leg found counts 0 in the other.
 *
 * @param semanticWeight share of the semantic leg, 0 to 1.
 */
export function fuseCandidates(
  keyword: readonly Candidate[],
  semantic: readonly Candidate[],
  semanticWeight: number,
): FusedCandidate[] {
  const scaleKeyword = scaler(keyword);
  const scaleSemantic = scaler(semantic);
  const keywordScores = new Map(keyword.map(({ id, score }) => [id, score]));
  const semanticScores = new Map(semantic.map(({ id, score }) => [id, score]));
  const ids = new Set([...keywordScores.keys(), ...semanticScores.keys()]);
  return Array.from(ids, (id) => {
    const own = { keyword: keywordScores.get(id) ?? null, semantic: semanticScores.get(id) ?? null };
    const fused =
      (own.semantic === null ? 0 : semanticWeight * scaleSemantic(own.semantic)) +
      (own.keyword === null ? 0 : (1 - semanticWeight) * scaleKeyword(own.keyword));
    return { id, ...own, fused };
  }).sort((a, b) => b.fused - a.fused || (a.id < b.id ? -1 : 1));
}
