import type { Candidate } from "./score-units.ts";

/**
 * Below this confidence the answerer refuses. Measured: see bench/builtin-answers/results.md for what share of
 * answerable and of unanswerable questions falls under it.
 */
export const refusalThreshold = 0.4;

// A logistic regression over questions with and without their gold document (first half of XQuAD), rounded.
const intercept = -4.5;
const weights = {
  coverage: 1.9,
  near: 2.4,
  headed: 1.3,
  passage: 2,
  specific: 0.7,
  order: 2.8,
  typeMissed: -1.4,
};

/** How sure the model is, 0-1, that this best candidate answers: mostly how much of the question its surroundings hold. */
export function judgeAnswerable(bestCandidate: Candidate): number {
  const features = bestCandidate.features;
  const near = features.coverage + features.neighbours;
  const headed = near + features.heading;
  const logit =
    intercept +
    weights.coverage * features.coverage +
    weights.near * near +
    weights.headed * headed +
    weights.passage * (headed + features.passage) +
    weights.specific * features.specific +
    weights.order * features.order +
    weights.typeMissed * features.typeMissed;
  return 1 / (1 + Math.exp(-logit));
}
