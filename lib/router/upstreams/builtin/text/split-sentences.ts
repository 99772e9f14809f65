import { isFunctionWord } from "./common-words.ts";

/** Offsets of one sentence in the text it was found in. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const boundaryPattern = /[.!?…]+["'”’»)\]*_]*(?=\s|$)|[。！？｡．]+[”’」』）]*|[।؟۔]+(?=\s|$)/gu;

/** Words whose full stop does not end a sentence, whatever follows. */
const titles = new Set(
  `mr mrs ms dr prof rev hon gen col lt capt sgt sen rep gov st mt ft fig figs eq sec art vol ch vs cf ed eds al approx ca e.g i.e
  z.b bzw d.h nr p pp`.split(/\s+/),
);
/** Words whose full stop ends a sentence only before a word that plainly starts one. */
const shortForms = new Set(
  `inc ltd co corp llc dept est jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m etc u.s u.k u.n
  no jr sr ave blvd rd min max hrs hr`.split(/\s+/),
);

const monthPattern = /^(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])/i;

function lastWordBefore(text: string, end: number): string {
  return /[\p{L}\p{N}][\p{L}\p{N}.]*$/u.exec(text.slice(Math.max(0, end - 24), end))?.[0] ?? "";
}

/** True when the full stop at `stop` belongs to an abbreviation, an initial or a number rather than to the sentence. */
function isInnerStop(text: string, stop: number, afterMark: number, hasCapitals: boolean): boolean {
  const word = lastWordBefore(text, stop);
  const next = /^\s*(\S+)/.exec(text.slice(afterMark, afterMark + 40))?.[1];
  if (next === undefined) return false;
  if (hasCapitals && /^[\p{Ll}]/u.test(next)) return true;
  const lower = word.toLowerCase();
  if (titles.has(lower)) return true;
  const startsSentence =
    /^\p{Lu}/u.test(next) && isFunctionWord(next.toLowerCase().replace(/[^\p{L}'’]/gu, ""));
  // "3. Mai", "am 14. August": an ordinal day.
  if (/^\d{1,2}$/.test(word) && monthPattern.test(next)) return true;
  if (lower === "no") return /^\d/.test(next);
  if (shortForms.has(lower) || /^(\p{L}\.)+\p{L}$/u.test(word)) return !startsSentence;
  // An initial ("J. Smith"), not the pronoun and not a label such as "Plan B."
  return /^\p{Lu}$/u.test(word) && word !== "I" && !startsSentence && /^\p{Lu}/u.test(next);
}

/**
 * Cuts running text into sentences. Ranges cover the text without the white space between sentences; every range,
 * taken with `slice`, is verbatim text. Knows full stops of European, CJK, Devanagari, Arabic and Urdu writing.
 */
export function splitSentences(text: string): Range[] {
  const ranges: Range[] = [];
  // In text written without capitals a lower-case letter after a full stop says nothing.
  const hasCapitals = /\p{Lu}/u.test(text);
  let start = 0;
  const push = (end: number) => {
    const raw = text.slice(start, end);
    const lead = raw.length - raw.trimStart().length;
    const trimmed = raw.trim();
    if (trimmed !== "") ranges.push({ start: start + lead, end: start + lead + trimmed.length });
    start = end;
  };
  for (const match of text.matchAll(boundaryPattern)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith(".") && isInnerStop(text, match.index, end, hasCapitals)) continue;
    // "1." at the start of a line is a number of a list or a heading, not a sentence.
    if (/^\s*\(?[\p{L}\p{N}]{1,3}$/u.test(text.slice(start, match.index)) && match[0].startsWith("."))
      continue;
    push(end);
  }
  push(text.length);
  return ranges;
}
