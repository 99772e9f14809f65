import { romanise } from "./romanise.ts";
import { findDates } from "./spoken-dates.ts";
import { stemWord } from "./stem-word.ts";
import { foldWord } from "./tokenise.ts";

/** Rises with every change that gives a text other terms: stored passages of an older one are analysed again. */
export const SEARCH_TERMS_VERSION = 1;

/** One term of the keyword index and the characters it was read from. */
export interface SearchTerm {
  /** Only a to z and 0 to 9, so that no parser of a database cuts it. */
  readonly term: string;
  readonly start: number;
  readonly end: number;
  /** True for a compound as a whole (`PUMP-7A-2041`), which stands beside its parts, and for a date as a whole. */
  readonly isWhole: boolean;
}

/** Letters and digits, joined without a space by single signs: words, numbers, identifiers, addresses, paths. */
const compoundPattern =
  /[\p{L}\p{M}\p{N}]+(?:[-\u2010\u2011_./:@'’&,\\][\p{L}\p{M}\p{N}]+)*(?:\+\+|#(?![\p{L}\p{N}]))?/gu;
const plainPattern = /^(?:[a-z]+|[A-Z]?[a-z]+|[A-Z]+|\d+)$/;
const joinerPattern = /[-\u2010\u2011_./:@&,\\]/u;
const unspacedPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const foreignPattern = /[^\p{Script=Latin}\p{N}\p{M}]/u;
const TERM_CHARACTERS_MAX = 64;
/** Inflections of other alphabets meet in their first letters, which does most of what a stemmer would. */
const FOREIGN_STEM_LETTERS = 5;
const CACHE_MAX = 60_000;

interface Reading {
  readonly term: string;
  readonly isWhole: boolean;
}

const cache = new Map<string, readonly Reading[]>();

/** The stem of one word as terms are made of it: letters and digits of the Latin alphabet only. */
export function wordTerm(surface: string): string {
  const folded = foldWord(surface);
  if (foreignPattern.test(folded)) {
    return romanise([...folded].slice(0, FOREIGN_STEM_LETTERS).join("")).slice(0, TERM_CHARACTERS_MAX);
  }
  const word = romanise(folded);
  if (/\d/.test(word)) return word.slice(0, TERM_CHARACTERS_MAX);
  return romanise(stemWord(spellOneWay(word))).slice(0, TERM_CHARACTERS_MAX);
}

/** British and American spellings meet: `organise`, `organize`; `colour`, `color`. */
function spellOneWay(word: string): string {
  if (word.length < 6) return word;
  return word.replace(/is(e[sdr]?|ers|ing|ations?)$/, "iz$1").replace(/our(?=s$|ed$|ing$|$)/, "or");
}

/**
 * Parts of `getUserName` and `RFC2119`; the piece itself where a part would be a single letter (`p53`, `iPhone`), and
 * names with a capital inside (`OpenAI`), which mean something else than their parts.
 */
function splitMixed(piece: string): string[] {
  const humps = /^\p{Ll}/u.test(piece) ? piece.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2") : piece;
  const parts = humps
    .replace(/(\p{L})(\p{N})/gu, "$1 $2")
    .replace(/(\p{N})(\p{L})/gu, "$1 $2")
    .split(" ");
  return parts.some((part) => part.length < 2) ? [piece] : parts;
}

function pairsOf(piece: string): Reading[] {
  // Latin letters and digits beside the characters (`型号A7`) are words of their own.
  return (piece.match(/[\p{Script=Latin}\p{N}]+|[^\p{Script=Latin}\p{N}]+/gu) ?? []).flatMap((run) => {
    if (!unspacedPattern.test(run)) return [{ term: wordTerm(run), isWhole: false }];
    const codes = [...run.normalize("NFKC")].map((character) => romanise(character));
    if (codes.length === 1) return [{ term: codes[0] ?? "", isWhole: false }];
    return codes.slice(1).map((code, index) => ({ term: `${codes[index]}${code}`, isWhole: false }));
  });
}

function readNumber(surface: string): Reading[] | undefined {
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(surface)) return readNumber(surface.replaceAll(",", ""));
  if (/^\d+$/.test(surface)) return [{ term: surface.slice(0, TERM_CHARACTERS_MAX), isWhole: false }];
  if (/^\d+[.,]\d+$/.test(surface)) return [{ term: surface.replace(/[.,]/, "d"), isWhole: false }];
  return undefined;
}

/** `Allen's` is Allen, `don't` is dont, `l'eau` is l and eau, `O'Brien` also obrien. */
function readApostrophe(head: string, tail: string): Reading[] {
  if (head.length > 2 && tail.length <= 3) return [{ term: wordTerm(head), isWhole: false }];
  return [
    { term: romanise(foldWord(head + tail)), isWhole: true },
    { term: wordTerm(head), isWhole: false },
    { term: wordTerm(tail), isWhole: false },
  ];
}

function readPiece(piece: string): Reading[] {
  if (unspacedPattern.test(piece)) return pairsOf(piece);
  const apostrophe = /^(.+?)['’](.+)$/u.exec(piece);
  if (apostrophe !== null) return readApostrophe(apostrophe[1] ?? "", apostrophe[2] ?? "");
  const mixed = plainPattern.test(piece) ? [piece] : splitMixed(piece);
  const parts = mixed.map((part) => ({ term: wordTerm(part), isWhole: false }));
  return mixed.length === 1 ? parts : [{ term: wholeOf(piece), isWhole: true }, ...parts];
}

function wholeOf(surface: string): string {
  return romanise(foldWord(surface).replaceAll(/[^\p{L}\p{N}]/gu, "")).slice(0, TERM_CHARACTERS_MAX);
}

function readCompound(surface: string): readonly Reading[] {
  if (/[+#]$/.test(surface)) {
    const name = surface.replace(/[+#]+$/, "");
    return [{ term: `${wholeOf(name)}${surface.endsWith("#") ? "sharp" : "plusplus"}`, isWhole: false }];
  }
  const number = readNumber(surface);
  if (number !== undefined) return number;
  // A comma joins digits only; between words someone forgot the space.
  const pieces = surface.split(joinerPattern);
  if (pieces.length === 1) return readPiece(surface);
  if (pieces.every((piece) => piece.length === 1)) return [{ term: wholeOf(surface), isWhole: false }];
  const parts = pieces.flatMap((piece) => readNumber(piece) ?? readPiece(piece));
  return unspacedPattern.test(surface) || surface.includes(",")
    ? parts
    : [{ term: wholeOf(surface), isWhole: true }, ...parts];
}

function readCached(surface: string): readonly Reading[] {
  const known = cache.get(surface);
  if (known !== undefined) return known;
  const readings = readCompound(surface).filter(({ term }) => term !== "");
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(surface, readings);
  return readings;
}

/**
 * A text as terms, in order: case and accents folded, English inflections and spellings joined, numbers in one form,
 * identifiers whole and in their parts, dates as one term however they are written, scripts without spaces as
 * overlapping pairs, other alphabets in Latin letters. Questions and texts go through the same function; no word is
 * left out.
 */
export function analyseText(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  const dates = findDates(text);
  let nextDate = 0;
  for (const match of text.matchAll(compoundPattern)) {
    const end = match.index + match[0].length;
    for (const reading of readCached(match[0])) terms.push({ ...reading, start: match.index, end });
    for (let date = dates[nextDate]; date !== undefined && date.end <= end; date = dates[nextDate]) {
      terms.push({ term: date.term, start: date.start, end: date.end, isWhole: true });
      nextDate += 1;
    }
  }
  return terms;
}

/** What the keyword index holds for a text: the terms of {@link analyseText}, separated by spaces. */
export function searchTerms(text: string): string {
  return analyseText(text)
    .map(({ term }) => term)
    .join(" ");
}
