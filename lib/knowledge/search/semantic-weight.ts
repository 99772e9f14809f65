/** The built-in embedder sees shared wording, not meaning: more than this lowers the quality of results. */
const BUILTIN_WEIGHT = 0.25;
/** For embedding models, between the .5 and .7 that measurements on public sets favour. */
const MODEL_WEIGHT = 0.6;

/** The share of the semantic leg in a hybrid search when nobody chose one. bench/search holds the measurements. */
export function defaultSemanticWeight(vectorSpace: string): number {
  return vectorSpace.startsWith("builtin/") ? BUILTIN_WEIGHT : MODEL_WEIGHT;
}
