import { topicWeight } from "../text/common-words.ts";
import { tokenise } from "../text/tokenise.ts";
import { type AnswerType, expectedTypes } from "./answer-type.ts";

export interface QuestionTerm {
  readonly stem: string;
  readonly word: string;
  /** Topic the word carries before the sources are looked at, 0-1. */
  readonly weight: number;
  /** A name or a number: must be met, cannot be paraphrased. */
  readonly isSpecific: boolean;
}

export interface Question {
  readonly text: string;
  /** Content words in order, each stem once. */
  readonly terms: readonly QuestionTerm[];
  /** Neighbouring content stems, for word order. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly words: ReadonlySet<string>;
  readonly types: readonly AnswerType[];
  /** Asks for several things, or for steps: more sentences are welcome. */
  readonly wantsMany: boolean;
  /** Asks what the sources say as a whole. */
  readonly wantsOverview: boolean;
}

const manyPattern =
  /\b(?:list|steps?|procedure|instructions?|differences?|compare|reasons|advantages|benefits|features|requirements|which of|all the|what are|what were|ways|methods|types of|kinds of|examples|stages|phases|options|explain|describe)\b|\bhow\s+(?:do|can|to|should|would)\b|\b(?:two|three|four|five|several)\b/i;
const overviewPattern =
  /\b(?:summar(?:y|i[sz]e)|overview|outline|gist|in short|main points?|key points?|tl;?dr|zusammenfass\w*|resum(?:e|en|ir)|résum\w*)\b|\bwhat\s+(?:is|are)\s+(?:this|these|it|the)\s*(?:documents?|files?|texts?|reports?)?\s*about\b|\bwhat\s+(?:do|does)\s+(?:this|these|the)\s+(?:documents?|files?|texts?|reports?)\s+(?:say|contain|cover)\b/i;
const overviewWords = new Set(
  "summary summarise summarize overview outline gist short main point points key please give".split(" "),
);

/** Reads a question: its content words, their order, and what sort of answer it expects. */
export function readQuestion(text: string): Question {
  const tokens = tokenise(text);
  const isShouted = text === text.toUpperCase();
  const wantsOverview = overviewPattern.test(text);
  const terms = new Map<string, QuestionTerm>();
  const content: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const weight = topicWeight(token.word);
    if (weight === 0 || (wantsOverview && overviewWords.has(token.word))) continue;
    const isCapital = index > 0 && !isShouted && /^\p{Lu}/u.test(token.surface);
    content.push(token.stem);
    if (terms.has(token.stem)) continue;
    const isSpecific = isCapital || /\d/.test(token.surface);
    terms.set(token.stem, {
      stem: token.stem,
      word: token.word,
      weight: isSpecific ? 1 : weight,
      isSpecific,
    });
  }
  const pairs = content.slice(1).map((stem, index) => [content[index] ?? "", stem] as const);
  return {
    text,
    terms: [...terms.values()],
    pairs,
    words: new Set(
      text
        .toLowerCase()
        .split(/[^\p{L}\p{M}\p{N}]+/u)
        .concat(text.toLowerCase().split(/\s+/)),
    ),
    types: expectedTypes(text),
    wantsMany: manyPattern.test(text),
    wantsOverview,
  };
}
