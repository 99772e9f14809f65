import { topicWeight } from "../../../../shared/text/common-words.ts";
import { tokenise } from "../../../../shared/text/tokenise.ts";
import { type AnswerType, asksForValue, expectedTypes } from "./answer-type.ts";

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
  /** Index of the term that follows the question word: the act or the thing asked for. -1 when there is none. */
  readonly focus: number;
  readonly words: ReadonlySet<string>;
  readonly types: readonly AnswerType[];
  /** Nothing but a date, a figure or a person answers it. */
  readonly wantsValue: boolean;
  /** Asks what to do to reach something. */
  readonly wantsSteps: boolean;
  /** Stems that stand in a phrase such as "with a colleague", which the question may be able to do without. */
  readonly aside: readonly string[];
  /** Asks for several things, or for steps: more sentences are welcome. */
  readonly wantsMany: boolean;
  /** Asks what the sources say as a whole. */
  readonly wantsOverview: boolean;
}

const manyPattern =
  /\b(?:list|steps?|procedure|instructions?|differences?|compare|reasons|advantages|benefits|features|requirements|which of|all the|what are|what were|ways|methods|types of|kinds of|examples|stages|phases|options|explain|describe)\b|\bhow\s+(?:do|can|to|should|would)\b|\b(?:two|three|four|five|several)\b/i;
const overviewPattern =
  /\b(?:summar(?:y|i[sz]e)|overview|outline|gist|in short|main points?|key points?|tl;?dr|zusammenfass\w*|resum(?:e|en|ir)|résum\w*)\b|\bwhat\s+(?:is|are)\s+(?:this|these|it|the)\s*(?:documents?|files?|texts?|reports?)?\s*about\b|\bwhat\s+(?:do|does)\s+(?:this|these|the)\s+(?:documents?|files?|texts?|reports?)\s+(?:say|contain|cover)\b/i;
const stepsPattern =
  /\bhow\s+(?:do|can|could|should|would|must)\s+(?:i|we|you|one)\b|\bhow\s+to\b|\b(?:steps?|procedure|instructions?|way)\s+to\b/i;
const asidePattern =
  /\b(?:with|for|on|from|at|in|to|during)\s+(?:(?:an?|the|my|our|your|their|another|some|other)\s+)*(\p{L}+)\b(?=\s*(?:[?.!,]|$|(?:with|for|on|from|at|in|to|during)\b))/giu;

/** The stems of the last words of prepositional phrases. */
function findAsides(text: string): string[] {
  return [...text.matchAll(asidePattern)].flatMap((match) =>
    tokenise(match[1] ?? "").map((token) => token.stem),
  );
}

/** Words that only point at the sources when an overview is asked for. */
const overviewWords = new Set(
  `summary summarise summarize overview outline gist short main point points key please give document documents file files text texts
  report reports content contents paper papers case cover contain say`.split(/\s+/),
);
/** Words by which a question names what it asks for right after: "who wrote", "how many seats", "which door". */
const askingWords = new Set("who whom whose what which many much how when where why".split(" "));

/** Question words of scripts without spaces, which would otherwise become pairs with their neighbours. */
const unspacedQuestionWords =
  /什么时候|什麼時候|为什么|為什麼|什么|什麼|哪里|哪裡|哪个|哪一|怎么|如何|多少|何时|谁|誰|几|吗|いつ|どこ|だれ|なぜ|どう|何|언제|어디|누가|무엇|왜/gu;

/** Reads a question: its content words, their order, and what sort of answer it expects. */
export function readQuestion(text: string): Question {
  const tokens = tokenise(text.replace(unspacedQuestionWords, " "));
  const isShouted = text === text.toUpperCase();
  const wantsOverview = overviewPattern.test(text);
  const terms = new Map<string, QuestionTerm>();
  const content: string[] = [];
  let focus = -1;
  let hasAsked = false;
  for (const [index, token] of tokens.entries()) {
    const weight = topicWeight(token.word);
    hasAsked ||= askingWords.has(token.word);
    if (weight === 0 || (wantsOverview && overviewWords.has(token.word))) continue;
    const isCapital = index > 0 && !isShouted && /^\p{Lu}/u.test(token.surface);
    content.push(token.stem);
    if (terms.has(token.stem)) continue;
    const isSpecific = isCapital || /\d/.test(token.surface);
    if (hasAsked && focus < 0) focus = terms.size;
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
    focus,
    words: new Set(
      text
        .toLowerCase()
        .split(/[^\p{L}\p{M}\p{N}]+/u)
        .concat(text.toLowerCase().split(/\s+/)),
    ),
    types: expectedTypes(text),
    wantsValue: asksForValue(text),
    wantsSteps: stepsPattern.test(text),
    aside: findAsides(text),
    wantsMany: manyPattern.test(text),
    wantsOverview,
  };
}
