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

/** Words that point back at something said before. */
const POINTERS =
  /\b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|then|one|ones|same|former|latter|above|previous|both|either|neither|such|another|other|others|else)\b/i;

/** Openings that continue what went before. */
const CONTINUATIONS =
  /^(?:and|but|so|or|also|then|what about|how about|what else|anything else|why not|why|how so|how come|when|where|who|since when|until when|by whom|in what way|which ones?|really|more|tell me more|go on|explain|elaborate|in detail|for example|examples?|yes|no|ok(?:ay)?)\b[\s,:?!.]*(?:(?:was|is|were|are|did|does|do) (?:that|it|this|they))?/i;

const FUNCTION_WORDS = new Set(
  (
    "a an and any are as at be been but by can could did do does for from had has have how i if in into is it its may me " +
    "might more most much my no not of on or our please shall should so some tell than that the their them then there " +
    "these they this those to too was we were what when where which who whom whose why will with would you your about " +
    "also he she him her his"
  ).split(" "),
);

function contentWords(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).filter(
    (word) => !FUNCTION_WORDS.has(word),
  );
}

/** True when the question leans on what was said before: it points back, continues, or names too little to search. */
export function isFollowUp(question: string): boolean {
  const words = contentWords(question);
  if (words.length === 0) return true;
  if (POINTERS.test(question) && words.length <= 8) return true;
  const continuation = CONTINUATIONS.exec(question.trim());
  // "When was the pump replaced?" opens like a continuation but names its subject.
  return (
    continuation !== null &&
    words.length <= (/^(?:and|but|so|what about|how about|also)\b/i.test(question.trim()) ? 6 : 1)
  );
}

/** "What about the second valve?" asks the last question again of another subject. */
function substituteSubject(question: string): string | undefined {
  const match = /^(?:and|but|so)?[\s,]*(?:what|how) about\s+(.+?)[?!.\s]*$/i.exec(question.trim());
  return match?.[1];
}

/**
 * Rewrites a follow-up by rules so that it can be searched by itself: the subject of the last question is added in
 * words. Used with the built-in model, and as the fallback when a chat model's rewriting fails.
 */
export function rewriteQuestionByRules(question: string, turns: readonly PastTurn[]): StandaloneQuestion {
  const trimmed = question.trim();
  const last = turns.at(-1);
  if (last === undefined || !isFollowUp(trimmed)) return { question: trimmed, isRewritten: false };
  const subject = substituteSubject(trimmed);
  const previous = last.question.replace(/\s*\(regarding: [^)]*\)\s*$/, "").trim();
  const earlier = /\(regarding: ([^)]*)\)\s*$/.exec(last.question)?.[1];
  if (subject !== undefined) {
    return {
      question: `${capitalise(subject)}? (regarding: ${withoutMark(earlier ?? previous)})`,
      isRewritten: true,
    };
  }
  // A chain of follow-ups keeps the first subject and the newest question before this one.
  const topic =
    isFollowUp(previous) && earlier !== undefined
      ? `${earlier}; ${withoutMark(previous)}`
      : withoutMark(previous);
  return { question: `${trimmed} (regarding: ${topic.slice(0, 300)})`, isRewritten: true };
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
  "references by what they stand for, keep names, numbers and dates exactly, add nothing else. If it already stands " +
  "alone, repeat it unchanged. Answer with the question only.";

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
