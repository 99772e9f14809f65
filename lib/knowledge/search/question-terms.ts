import { functionWordsOf, type KnownLanguage } from "../../shared/text/common-words.ts";
import { analyseText, type SearchTerm } from "../../shared/text/search-terms.ts";
import { foldWord } from "../../shared/text/tokenise.ts";

/** A question as the keyword index and the reranker see it. */
export interface QuestionTerms {
  /** Each term once: what the keyword leg searches. */
  readonly terms: readonly string[];
  /** Terms of single words in the order of the question, for nearness. */
  readonly sequence: readonly string[];
  /** Every term of the question, common words included. */
  readonly all: ReadonlySet<string>;
}

const plainCompound = /^\p{L}+(?:[-\u2010\u2011/]\p{L}+)+$/u;

/** The language whose function words the text has most of; English when none stands out. */
function guessLanguage(words: readonly string[]): KnownLanguage {
  let best: KnownLanguage = "en";
  let bestCount = 0;
  for (const [language, known] of functionWordsOf) {
    const count = words.filter((word) => known.has(word)).length;
    if (count > bestCount) {
      best = language;
      bestCount = count;
    }
  }
  return best;
}

/**
 * The terms to search for: function words of the question's own language are left out, unless there is nothing else;
 * compounds of plain words (`anti-inflammatory`) are searched by their parts, identifiers whole and by their parts.
 */
export function readQuestionTerms(question: string): QuestionTerms {
  const found = analyseText(question);
  const wordOf = ({ start, end }: SearchTerm) => foldWord(question.slice(start, end));
  const words = found.map(wordOf);
  const common = functionWordsOf.get(guessLanguage(words)) ?? new Set();
  const isPlain = (term: SearchTerm) =>
    term.isWhole && plainCompound.test(question.slice(term.start, term.end));
  const content = found.filter((term, index) => !common.has(words[index] ?? "") && !isPlain(term));
  const kept = content.length > 0 ? content : found;
  return {
    terms: [...new Set(kept.map(({ term }) => term))],
    sequence: kept.filter(({ isWhole }) => !isWhole).map(({ term }) => term),
    all: new Set(found.map(({ term }) => term)),
  };
}
