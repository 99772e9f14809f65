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
  const semanticScores = new Map<string, number>();
  for (const { id, score } of semantic) semanticScores.set(id, score);
  const fused: FusedCandidate[] = [];
  const add = (id: string, keywordScore: number | null, semanticScore: number | null) => {
    const share =
      (semanticScore === null ? 0 : semanticWeight * scaleSemantic(semanticScore)) +
      (keywordScore === null ? 0 : (1 - semanticWeight) * scaleKeyword(keywordScore));
    fused.push({ id, keyword: keywordScore, semantic: semanticScore, fused: share });
  };
  for (const { id, score } of keyword) {
    add(id, score, semanticScores.get(id) ?? null);
    semanticScores.delete(id);
  }
  for (const [id, score] of semanticScores) add(id, null, score);
  return fused.sort((a, b) => b.fused - a.fused || (a.id < b.id ? -1 : 1));
}
