import { foldWord } from "../../shared/text/tokenise.ts";
import type { TermList } from "../keywords/term-list.ts";
import type { SearchResult } from "../schema.ts";
import type { PassageMeasures } from "./measure-passages.ts";
import type { ExactWish } from "./understand-question.ts";

/** The name under which the trace shows this reranker. */
export const BUILTIN_RERANKER = "built-in";

/** How much each measure of wording counts; chosen on the odd halves of the development sets, see bench/retrieval. */
const wordingWeights = {
  coverage: 0.2,
  pairs: 0.5,
  nearness: 0.4,
  window: 0.5,
  titleCoverage: 0.2,
  titleShare: 0.5,
  isNamed: 0.2,
} as const satisfies Partial<Record<keyof PassageMeasures, number>>;

const wordings = Object.entries(wordingWeights) as [keyof typeof wordingWeights, number][];
const wordingTotal = wordings.reduce((sum, [, weight]) => sum + weight, 0);

/** What wording counts beside the fused score when the semantic leg has no weight at all. */
const WORDING_SHARE = 2.5;

/**
 * How well a passage answers by its words, 0 to 1: the fused score of both legs, and how the words of the question
 * stand in the passage and its title. Wording counts less where the semantic leg is trusted more.
 */
export function scoreWording(measures: PassageMeasures, semanticWeight: number): number {
  const fused = (1 - semanticWeight) * measures.keyword + semanticWeight * measures.semantic;
  let wording = 0;
  for (const [name, weight] of wordings) wording += weight * measures[name];
  const share = WORDING_SHARE * (1 - semanticWeight);
  return (fused + (share * wording) / wordingTotal) / (1 + share);
}

/** What the exact wishes of a question are checked against. */
export interface CheckedText {
  readonly title: string;
  readonly text: string;
  readonly terms: TermList;
}

/** Case, accents and white space are of no matter. */
function plain(text: string): string {
  return foldWord(text).replaceAll(/\s+/g, " ");
}

function holds({ title, text, terms }: CheckedText, wish: ExactWish): number {
  const hasTerms = ` ${terms.spell().join(" ")} `.includes(` ${wish.terms.join(" ")} `);
  if (wish.kind !== "phrase") return hasTerms ? 1 : 0;
  if (plain(`${title}\n${text}`).includes(plain(wish.text))) return 1;
  // The same words in another inflection, or divided at the end of a line.
  return hasTerms ? 0.5 : 0;
}

/**
 * How many of the quoted phrases and identifiers stand in a passage, and which kinds: such passages go before all
 * others. A date is only noted: the text may mention it in passing.
 */
export function checkWishes(
  passage: CheckedText,
  wishes: readonly ExactWish[],
): { tier: number; matched: NonNullable<SearchResult["matched"]> } {
  let tier = 0;
  const matched = new Set<ExactWish["kind"]>();
  for (const wish of wishes) {
    const share = holds(passage, wish);
    if (share === 0) continue;
    if (wish.kind !== "date") tier += share;
    if (share === 1) matched.add(wish.kind);
  }
  return { tier, matched: [...matched] };
}
