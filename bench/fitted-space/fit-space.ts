import { type SparseRow, truncatedSvd } from "./truncated-svd.ts";

/** A vector space made of one collection's passages. */
export interface FittedSpace {
  readonly dimensions: number;
  /** Terms that it knows. */
  readonly terms: number;
  /** Places terms (see `searchTerms`, separated by blanks) in the space: passages and questions alike. */
  readonly project: (terms: string) => Float32Array;
}

/** A term of fewer passages says nothing about other terms. */
const PASSAGES_MIN = 2;

/** Where a term stands among those known, and how rare it is. */
type Vocabulary = ReadonlyMap<string, { readonly column: number; readonly rarity: number }>;

function countTerms(terms: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms.split(" ")) if (term !== "") counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function learnVocabulary(passages: readonly string[]): Vocabulary {
  const holders = new Map<string, number>();
  for (const terms of passages) {
    for (const term of countTerms(terms).keys()) holders.set(term, (holders.get(term) ?? 0) + 1);
  }
  const kept = [...holders].filter(([, count]) => count >= PASSAGES_MIN);
  const rarity = (count: number) => Math.log((1 + passages.length) / (1 + count));
  return new Map(kept.map(([term, count], column) => [term, { column, rarity: rarity(count) }]));
}

/** TF-IDF with the logarithm of the frequency, of length 1. */
function weigh(terms: string, vocabulary: Vocabulary): SparseRow {
  const cells = [...countTerms(terms)].flatMap(([term, count]) => {
    const known = vocabulary.get(term);
    return known === undefined
      ? []
      : [{ column: known.column, weight: (1 + Math.log(count)) * known.rarity }];
  });
  const length = Math.hypot(...cells.map(({ weight }) => weight)) || 1;
  return {
    columns: Int32Array.from(cells, ({ column }) => column),
    values: Float64Array.from(cells, ({ weight }) => weight / length),
  };
}

/**
 * Latent semantic analysis (Deerwester and others, "Indexing by Latent Semantic Analysis", 1990): the matrix of passages
 * and terms in TF-IDF as U S Vᵀ, cut off behind the largest singular values. A text d is folded in as d V, which for a
 * passage is its row of U S; so a question q, with q V S⁻¹ as its row of U, is compared in the same scale.
 */
export function fitSpace(passages: readonly string[], dimensions: number): FittedSpace {
  const vocabulary = learnVocabulary(passages);
  const rows = passages.map((terms) => weigh(terms, vocabulary));
  const { basis } = truncatedSvd(rows, vocabulary.size, dimensions);
  return {
    dimensions: basis.length,
    terms: vocabulary.size,
    project: (terms) => {
      const { columns, values } = weigh(terms, vocabulary);
      return Float32Array.from(basis, (vector) =>
        columns.reduce((sum, column, cell) => sum + (values[cell] ?? 0) * (vector[column] ?? 0), 0),
      );
    },
  };
}
