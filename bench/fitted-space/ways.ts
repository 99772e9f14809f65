import type { SearchRequestInput } from "../../lib/knowledge/schema.ts";

/** The leg by itself: no reading of the question, no order by wording. */
const alone = { mode: "semantic", understand: false, rerank: false } as const;

/** Ways of asking; a fitted space answers those that are named after it. */
export const ways = {
  "vouch-embed-1": {},
  "words only": { mode: "keyword" },
  "vouch-embed-1 alone": alone,
  "LSA at .25": { semanticWeight: 0.25 },
  "LSA at .5": { semanticWeight: 0.5 },
  "LSA alone": alone,
} as const satisfies Record<string, Partial<SearchRequestInput>>;

export type Way = keyof typeof ways;
export const wayNames = Object.keys(ways) as Way[];

/** What became of one question. */
export interface FittedQuestion {
  readonly half: "tuning" | "held-out";
  /** nDCG@10. */
  readonly ndcg: Readonly<Record<Way, number>>;
}

/** What a set's process answers. */
export interface FittedSet {
  readonly name: string;
  readonly passages: number;
  readonly terms: number;
  readonly dimensions: number;
  readonly fitMs: number;
  readonly questions: readonly FittedQuestion[];
}
