import { isFunctionWord } from "../../../../shared/text/common-words.ts";
import { stemFolded, tokenise } from "../../../../shared/text/tokenise.ts";
import type { AnswerType } from "./answer-type.ts";
import { matchTerm, relatedMatch } from "./match-terms.ts";
import type { Question } from "./read-question.ts";

/** Labels under which forms keep the values that questions of a type ask for. */
const labelWords: Readonly<Partial<Record<AnswerType, string>>> = {
  date: "date time day year datum fecha",
  person: "name author contact",
  place: "location place address site city venue",
  number: "number total count amount quantity",
};
const labelMaxWords = 5;
const laterLabelMaxWords = 3;

function readLabels(text: string): string[][] {
  return [...text.matchAll(/([^:]+):(?=\s|$)/g)].map((match, index) => {
    // On a line with several fields the words before a colon begin with the value of the field before.
    const words = tokenise(match[1] ?? "").slice(-(index === 0 ? labelMaxWords : laterLabelMaxWords));
    return words.filter((token) => !isFunctionWord(token.word)).map((token) => token.stem);
  });
}

/**
 * How well the label of a form field ("Registered owner: ...") names what the question asks for, 0-1. A field whose
 * value repeats the question while its label asks for something else is no answer.
 */
export function matchLabel(question: Question, text: string): number {
  const wanted = new Set(
    question.types.flatMap((type) => (labelWords[type] ?? "").split(" ")).map((word) => stemFolded(word)),
  );
  let best = 0;
  for (const label of readLabels(text)) {
    const met = label.filter((stem) => {
      const one = new Set([stem]);
      return wanted.has(stem) || question.terms.some((term) => matchTerm(term, one) > relatedMatch);
    });
    if (label.length > 0) best = Math.max(best, met.length / label.length);
  }
  return best;
}
