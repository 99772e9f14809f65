import type { Candidate } from "./score-units.ts";

/**
 * Below this confidence the answerer refuses. Measured: bench/builtin-answers/results.md says what share of
 * answerable and of unanswerable questions falls under it.
 */
export const refusalThreshold = 0.31;

/**
 * A logistic regression over questions with and without their gold passages (first half of XQuAD, every second
 * question of chunk-spans), rounded; `topic` by hand, since neither set has sections. See docs/decisions/005.
 */
const intercept = -3.6;
const weights = {
  coverage: 2.2,
  near: 1.25,
  headed: 1.1,
  passage: 1.1,
  specific: 0.45,
  order: 1.2,
  typeMissed: -0.4,
  termCount: 0.35,
  topic: 3,
};
/** Log of the number of content words in a question of ordinary length. */
const usualTermCountLog = 1.5;

/**
 * How sure the model is, 0-1, that its best candidate answers: mostly how much of the question the unit and its
 * surroundings hold. A long question is never met whole, so it needs a smaller share.
 */
export function judgeAnswerable(bestCandidate: Candidate, termCount: number): number {
  const features = bestCandidate.features;
  const near = features.coverage + features.neighbours;
  const headed = near + features.section + features.heading;
  const logit =
    intercept +
    weights.coverage * features.coverage +
    weights.near * near +
    weights.headed * headed +
    weights.passage * (headed + features.passage) +
    weights.specific * features.specific +
    weights.order * features.order +
    weights.typeMissed * features.typeMissed +
    weights.topic * features.topic +
    weights.termCount * (Math.log(Math.max(1, termCount)) - usualTermCountLog);
  return 1 / (1 + Math.exp(-logit));
}
