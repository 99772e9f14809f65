/** nDCG@10 of other retrievers on the same sets, measured beside the project on whole documents. */
interface PublishedColumns {
  /** Lucene-like analysis, k1 0.9, b 0.4. */
  readonly bm25Low: number;
  /** Lucene-like analysis, k1 1.2, b 0.75. */
  readonly bm25: number;
  /** With pseudo-relevance feedback (RM3). */
  readonly rm3: number;
  readonly tsRankOr?: number;
  readonly textsearchLow?: number;
  readonly textsearch?: number;
  /** The best fusion of BM25 with an LSA or hashed leg, weight chosen per set. */
  readonly bestFusion?: number;
}

export const publishedColumns: Readonly<Record<string, PublishedColumns>> = {
  scifact: { bm25Low: 0.696, bm25: 0.698, rm3: 0.662, bestFusion: 0.692 },
  cranfield: {
    bm25Low: 0.498,
    bm25: 0.52,
    rm3: 0.519,
    tsRankOr: 0.403,
    textsearchLow: 0.509,
    textsearch: 0.525,
    bestFusion: 0.561,
  },
  "product-docs": {
    bm25Low: 0.622,
    bm25: 0.701,
    rm3: 0.624,
    tsRankOr: 0.53,
    textsearchLow: 0.703,
    textsearch: 0.735,
    bestFusion: 0.773,
  },
  "2wiki-multihop": {
    bm25Low: 0.729,
    bm25: 0.709,
    rm3: 0.616,
    tsRankOr: 0.469,
    textsearchLow: 0.735,
    textsearch: 0.715,
    bestFusion: 0.709,
  },
  xquad: { bm25Low: 0.968, bm25: 0.968, rm3: 0.951 },
};
