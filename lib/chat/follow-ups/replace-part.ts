import { namesIn, type Phrase, prepositionPhrases, subjectPhrase } from "./find-phrases.ts";
import { contentWords } from "./question-words.ts";

const YEAR = /\b(?:1[5-9]|20)\d{2}\b/g;
const MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december";
const DATE = new RegExp(
  `\\b(?:\\d{1,2}(?:st|nd|rd|th)? )?(?:${MONTHS})(?: \\d{1,2}(?:st|nd|rd|th)?(?!\\d))?\\b`,
  "gi",
);
const WEEKDAYS =
  "mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|weekdays?|holidays?";
const DAY = new RegExp(`\\b(?:public |bank )?(?:${WEEKDAYS})\\b`, "gi");
const PREPOSITION = /^(?:of|in|on|at|for|from|to|by|with|under|during|about|as)\s+/i;
const DETERMINER = /^(?:the|an?|our|my|your)\s+/i;

function splice(question: string, part: Phrase, text: string): string {
  return question.slice(0, part.start) + text + question.slice(part.end);
}

function only(text: string, pattern: RegExp): Phrase | undefined {
  const matches = [...text.matchAll(pattern)];
  const [match] = matches;
  return matches.length !== 1 || match === undefined
    ? undefined
    : { start: match.index, end: match.index + match[0].length, text: match[0] };
}

/** A year, a date or a day of the week takes the place of the one in the question. */
function replaceTime(question: string, part: string): string | undefined {
  for (const pattern of [YEAR, DATE, DAY]) {
    const wanted = only(part, pattern);
    if (wanted === undefined) continue;
    const old = only(question, pattern);
    // "in May 2021": month and year change together where both are named.
    if (old !== undefined) {
      const changed = splice(question, old, wanted.text);
      const rest = part.slice(0, wanted.start) + part.slice(wanted.end);
      return pattern === YEAR && rest.search(DATE) >= 0 ? (replaceTime(changed, rest) ?? changed) : changed;
    }
  }
  return undefined;
}

/** "line 7" for "line 6", "the second quarter" for "the first quarter", "part-time staff" for "full-time staff". */
function replaceSameHead(question: string, part: string): string | undefined {
  const words = part.replace(DETERMINER, "").split(/\s+/);
  const escaped = (word: string) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  for (const [index, word] of words.entries()) {
    if (contentWords(word).length === 0 && !/^[A-Z]$/.test(word)) continue;
    const [before, after] = [words[index - 1], words[index + 1]];
    if (after !== undefined && /^(?:[A-Z]|[\p{L}]*\d[\w.-]*|I{1,3}|IV|V|VI)$/u.test(after)) {
      const old = only(
        question,
        new RegExp(`\\b${escaped(word)}\\s+(?:[A-Z]|\\p{L}*\\d[\\w.-]*|I{1,3}|IV|V|VI)(?![\\w])`, "giu"),
      );
      if (old !== undefined) return splice(question, old, `${word} ${after}`);
    }
    if (before !== undefined) {
      const old = only(
        question,
        new RegExp(`(?<=\\b(?:the|an?|of|in|on|do|for|our)\\s)[\\p{L}-]+\\s+${escaped(word)}\\b`, "giu"),
      );
      if (old !== undefined) return splice(question, old, `${before} ${word}`);
    }
  }
  return undefined;
}

const isName = (text: string) => /^(?:the\s+)?(?:\p{Lu}|\S*\d)/u.test(text);

/** "in Spain" for "in France"; "of heparin" for "of warfarin". */
function replaceSamePreposition(question: string, part: string): string | undefined {
  const preposition = PREPOSITION.exec(part)?.[0].trim().toLowerCase();
  if (preposition === undefined) return undefined;
  const object = part.replace(PREPOSITION, "");
  const same = prepositionPhrases(question).filter((phrase) => phrase.preposition === preposition);
  const alike = same.findLast((phrase) => isName(phrase.object.text) === isName(object)) ?? same.at(-1);
  return alike === undefined ? undefined : splice(question, alike.object, object);
}

/** A name for the last name of the question. */
function replaceName(question: string, part: string): string | undefined {
  if (!isName(part)) return undefined;
  const old = namesIn(question).findLast(({ text }) => !/^\d+$/.test(text));
  return old === undefined ? undefined : splice(question, old, part);
}

/** "the profit" for "the revenue": one phrase with a determiner for the other. */
function replaceSubject(question: string, part: string): string | undefined {
  if (!DETERMINER.test(part)) return undefined;
  const old = subjectPhrase(question);
  return old === undefined || !DETERMINER.test(old.text) ? undefined : splice(question, old, part);
}

/** "children" for "adults" in "the dose for adults": the last phrase of the same sort. */
function replaceLastObject(question: string, part: string): string | undefined {
  if (DETERMINER.test(part)) return undefined;
  const old = prepositionPhrases(question).findLast(
    ({ object }) => !isName(object.text) && !DETERMINER.test(object.text),
  );
  return old === undefined || contentWords(part).length > 3 ? undefined : splice(question, old.object, part);
}

/**
 * The question with the one part changed that a follow-up names ("And in 2021?", "What about Unit 5?"); undefined when
 * nothing in it is of that sort.
 */
export function replacePart(question: string, part: string): string | undefined {
  const bare = part.replace(PREPOSITION, "");
  return (
    replaceTime(question, part) ??
    replaceSameHead(question, bare) ??
    replaceSamePreposition(question, part) ??
    replaceName(question, bare) ??
    replaceSubject(question, bare) ??
    replaceLastObject(question, bare)
  );
}
