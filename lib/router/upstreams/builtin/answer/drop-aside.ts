import type { PromptSource } from "../../../../shared/prompt-contract.ts";
import { splitUnits } from "../text/split-units.ts";
import { matchText, relatedMatch } from "./match-terms.ts";
import type { Question } from "./read-question.ts";

const minTermsLeft = 2;

/** The headings of a source, each with the title: what a section says it is about. */
function readTopics(source: PromptSource): string[] {
  const headings = splitUnits(source.text).filter((unit) => unit.kind === "heading");
  return [source.title, ...headings.map((heading) => `${source.title} ${heading.text}`)];
}

function without(question: Question, stem: string): Question {
  const focusStem = question.terms[question.focus]?.stem;
  const terms = question.terms.filter((term) => term.stem !== stem);
  return {
    ...question,
    terms,
    pairs: question.pairs.filter((pair) => !pair.includes(stem)),
    focus: terms.findIndex((term) => term.stem === focusStem),
  };
}

/**
 * "How do I paint a door with a friend?": when no source knows of friends, but one is headed with painting doors, the
 * friend was beside the point, and the question is read without it. At most one word is left out, never a name or a
 * number, and only while the rest still says something.
 */
export function dropAside(question: Question, sources: readonly PromptSource[]): Question {
  const asides = question.terms.filter((term) => question.aside.includes(term.stem) && !term.isSpecific);
  if (asides.length === 0 || question.terms.length <= minTermsLeft) return question;
  const texts = sources.map((source) => matchText(question, `${source.title}\n${source.text}`).matches);
  const unknown = asides.filter((aside) => {
    const index = question.terms.indexOf(aside);
    return texts.every((matches) => (matches[index] ?? 0) === 0);
  });
  const [only] = unknown;
  if (only === undefined || unknown.length > 1) return question;
  const rest = without(question, only.stem);
  const isTopic = sources
    .flatMap(readTopics)
    .some((topic) => matchText(rest, topic).matches.every((match) => match >= relatedMatch));
  return isTopic ? rest : question;
}
