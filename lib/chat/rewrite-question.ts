import { namesIn, subjectPhrase, withComplements } from "./follow-ups/find-phrases.ts";
import { findOpenPronoun, type OpenPronoun } from "./follow-ups/open-pronoun.ts";
import {
  ADVERB_QUESTION,
  AUXILIARY,
  contentWords,
  isEnglish,
  withoutOpening,
  wordsOf,
} from "./follow-ups/question-words.ts";
import { replacePart } from "./follow-ups/replace-part.ts";

/** A question and the answer it got, oldest first. */
export interface PastTurn {
  /** The question in the form in which it was searched. */
  readonly question: string;
  readonly answer: string;
}

/** A question that can be searched without the conversation around it. */
export interface StandaloneQuestion {
  readonly question: string;
  readonly isRewritten: boolean;
}

/** Words of a part that is named behind "and", "what about": more, and it is a question of its own. */
const PART_WORDS_MAX = 6;
/** Longer questions name what they are about, whatever pronouns they hold. */
const POINTING_WORDS_MAX = 12;
/** Characters that are looked at; nobody asks a follow-up of this length. */
const QUESTION_LENGTH_MAX = 1_000;
const TOPIC_LENGTH_MAX = 300;

/** How a question leans on what was said before. */
type Leaning =
  | { readonly kind: "part"; readonly part: string }
  | { readonly kind: "adverb"; readonly adverb: string }
  | { readonly kind: "pronoun"; readonly pronoun: OpenPronoun }
  | { readonly kind: "request" };

/** "And in 2021?", "What about the valve?", "2019?", "in Spain?": a part of a question without its verb. */
function findPart(question: string): string | undefined {
  const { text, hasOpening, isAbout } = withoutOpening(question);
  const words = wordsOf(text);
  if (words.length === 0 || words.length > PART_WORDS_MAX + 2 || contentWords(text).length > PART_WORDS_MAX)
    return undefined;
  if (isAbout) return text;
  const hasVerb =
    words.some((word) => AUXILIARY.test(word)) ||
    /^(?:who|what|which|when|where|why|how|whom|whose)$/.test(words[0] ?? "");
  if (hasVerb || contentWords(text).length === 0) return undefined;
  if (hasOpening && words.length <= PART_WORDS_MAX) return text;
  const isBareTime = /^(?:in |on |since |until |for )?(?:\w+ )?(?:1[5-9]|20)\d{2}$/i.test(text);
  const isBarePlace =
    /^(?:in|on|at|for|of|from|during|under|with|without)\s/i.test(text) && words.length <= 4;
  return isBareTime || isBarePlace ? text : undefined;
}

/** "Why?", "By whom?", "How often?": a question word without a question. */
function findAdverb(question: string): string | undefined {
  const { text } = withoutOpening(question);
  const words = wordsOf(text);
  if (words.length === 0 || words.length > 4 || words.some((word) => AUXILIARY.test(word))) return undefined;
  const asks =
    /^(?:(?:on|at|in|to|for|by|since|until|from|with)\s)?(?:which|what|when|where|why|how|who|whom|whose)\b/i.test(
      text,
    );
  const isAlone =
    contentWords(text).length === 0 || (asks && words.length <= 4 && contentWords(text).length <= 1);
  return isAlone &&
    (asks || contentWords(text).length === 0) &&
    !/^(?:which|what|who)\s+\w+s\s+\w+$/i.test(text)
    ? text
    : undefined;
}

function findLeaning(question: string): Leaning | undefined {
  const looked = question.slice(0, QUESTION_LENGTH_MAX).trim();
  const words = contentWords(looked);
  const pronoun = words.length <= POINTING_WORDS_MAX ? findOpenPronoun(looked) : undefined;
  const part = pronoun === undefined ? findPart(looked) : undefined;
  if (part !== undefined) return { kind: "part", part };
  const adverb = findAdverb(looked);
  if (adverb !== undefined && pronoun === undefined && ADVERB_QUESTION.test(adverb))
    return { kind: "adverb", adverb };
  if (pronoun !== undefined) return { kind: "pronoun", pronoun };
  if (words.length === 0 || adverb !== undefined) return { kind: "request" };
  // "Are there any exceptions?" has a subject and nothing it belongs to.
  const isBareExistence =
    /^(?:(?:and|but|or)\s+)?(?:is|are|was|were) there\b/i.test(looked) && words.length === 1;
  return isBareExistence ? { kind: "request" } : undefined;
}

/** True when the question leans on what was said before: it points back, continues, or names too little to search. */
export function isFollowUp(question: string): boolean {
  return findLeaning(question) !== undefined;
}

const REGARDING = /\s*\(regarding: ([^)]*)\)\s*$/;

/**
 * Rewrites a follow-up by rules so that it can be searched by itself: the part it changes is put into the last
 * question, its pronoun is replaced by what it stands for, or else the last question is added in words. Used with the
 * built-in model, and as the fallback when a chat model's rewriting fails. bench/follow-ups measures it.
 */
export function rewriteQuestionByRules(question: string, turns: readonly PastTurn[]): StandaloneQuestion {
  const trimmed = question.trim();
  const last = turns.at(-1);
  const leaning = last === undefined ? undefined : findLeaning(trimmed);
  if (last === undefined || leaning === undefined) return { question: trimmed, isRewritten: false };
  const previous = last.question.slice(0, QUESTION_LENGTH_MAX).replace(REGARDING, "").trim();
  const isWhole = !REGARDING.test(last.question);
  const rewritten =
    (isWhole ? substitute(trimmed, leaning, { ...last, question: previous }, turns) : undefined) ??
    regarding(trimmed, leaning, last);
  return { question: rewritten, isRewritten: rewritten !== trimmed };
}

function substitute(
  question: string,
  leaning: Leaning,
  last: PastTurn,
  turns: readonly PastTurn[],
): string | undefined {
  if (leaning.kind === "part") return replacePart(last.question, leaning.part);
  if (!isEnglish(last.question)) return undefined;
  if (leaning.kind === "adverb") {
    const opening = ADVERB_QUESTION.exec(last.question);
    const rest = opening === null ? "" : last.question.slice(opening[0].length).trim();
    if (!AUXILIARY.test(wordsOf(rest)[0] ?? "")) return undefined;
    return `${capitalise(leaning.adverb)} ${rest}`;
  }
  if (leaning.kind === "pronoun") {
    const antecedent = findAntecedent(leaning.pronoun, last, turns);
    return antecedent === undefined ? undefined : insert(question, leaning.pronoun, antecedent);
  }
  return undefined;
}

/** What a pronoun stands for, in words of the conversation. */
function findAntecedent(
  { kind }: OpenPronoun,
  last: PastTurn,
  turns: readonly PastTurn[],
): string | undefined {
  if (kind === "situation") return undefined;
  if (kind === "person") {
    const known = new Set(wordsOf(last.question));
    const fresh = namesIn(last.answer).find(
      ({ text }) => !wordsOf(text).some((word) => known.has(word)) && !/\d/.test(text),
    );
    if (/^(?:and |but )?(?:who|whose|by whom)\b/i.test(last.question) && fresh !== undefined)
      return fresh.text;
    for (const turn of turns.toReversed()) {
      const name = namesIn(turn.question.replace(REGARDING, "")).find(({ text }) => !/\d/.test(text));
      if (name !== undefined) return name.text;
    }
    return fresh?.text;
  }
  // "How do I share a conversation?": the deed is the subject, not the conversation alone.
  if (/^how (?:do|can|could|should|would|must|to)\b/i.test(last.question)) return undefined;
  const subject = subjectPhrase(last.question);
  if (subject === undefined) return undefined;
  const whole = withComplements(last.question, subject);
  const isPlural = /s$/i.test(subject.text) && !/(?:ss|us|is)$/i.test(subject.text);
  return (kind === "several") === isPlural ? whole.text : undefined;
}

function insert(question: string, { word, index }: OpenPronoun, antecedent: string): string {
  const before = question.slice(0, index);
  const after = question.slice(index + word.length);
  const atStart = before.trim() === "";
  const named = atStart ? capitalise(antecedent) : antecedent;
  if (!/^(?:its|his|her|their)$/i.test(word) || !/^\s+\p{L}/u.test(after)) return before + named + after;
  return `${before}${named}${/s$/i.test(named) ? "’" : "’s"}${after}`;
}

/** The question with the last one beside it: what no substitution fits. */
function regarding(question: string, leaning: Leaning, last: PastTurn): string {
  const previous = last.question.replace(REGARDING, "").trim();
  const earlier = REGARDING.exec(last.question)?.[1];
  const asked = leaning.kind === "part" ? `${capitalise(leaning.part)}?` : question;
  // A chain of follow-ups keeps the first subject and the newest question before this one.
  const topic =
    earlier === undefined
      ? withoutMark(previous)
      : leaning.kind === "part"
        ? earlier
        : `${earlier}; ${withoutMark(previous)}`;
  return `${asked} (regarding: ${topic.slice(0, TOPIC_LENGTH_MAX)})`;
}

function withoutMark(question: string): string {
  return question.replaceAll(/[()]/g, "").replace(/[?!.\s]+$/, "");
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Instructions for a chat model that rewrites follow-ups. */
export const REWRITE_INSTRUCTIONS =
  "Rewrite the user's last question so that it can be understood without the conversation: replace pronouns and " +
  "references by what they stand for, keep names, numbers and dates exactly, add nothing else. A question that changes " +
  "one part of the last one (“and in 2021?”) becomes the last one with that part changed. If it already stands " +
  "alone, also on another subject, repeat it unchanged. Answer with the question only.";

/** Takes a model's rewriting only when it is a plausible question about this conversation; otherwise the rules'. */
export function acceptRewriting(
  rewriting: string,
  question: string,
  turns: readonly PastTurn[],
): StandaloneQuestion {
  const candidate = rewriting.trim().replaceAll(/^["“]|["”]$/g, "");
  const known = new Set(
    [question, ...turns.flatMap((turn) => [turn.question, turn.answer])].flatMap(contentWords),
  );
  const words = contentWords(candidate);
  const unknownCount = words.filter((word) => !known.has(word)).length;
  const isPlausible =
    candidate.length > 0 &&
    candidate.length <= 500 &&
    !candidate.includes("\n") &&
    words.length > 0 &&
    unknownCount <= words.length * 0.4;
  if (!isPlausible) return rewriteQuestionByRules(question, turns);
  return { question: candidate, isRewritten: candidate !== question.trim() };
}
