import { isFunctionWord } from "./common-words.ts";
import { baseForm } from "./related-words.ts";
import { stemWord } from "./stem-word.ts";

/** One word of a text: where it stands, its folded form and the stem that stands for its inflections. */
export interface Token {
  /** Lower case, compatibility-normalised, without accents or a possessive ending. */
  readonly word: string;
  readonly stem: string;
  readonly start: number;
  readonly end: number;
  /** As written, for capitals. */
  readonly surface: string;
}

const wordPattern = /\p{N}+(?:[.,:/]\p{N}+)+|[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)?/gu;
// Scripts written without spaces (or with particles glued on): overlapping pairs of characters stand for words.
const unspacedPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const asciiPattern = /^[\u0020-\u007e]*$/;
const latinPattern = /^[\p{Script=Latin}\p{N}'’.,:/]+$/u;
const prefixStemLength = 5;
const cacheLimit = 50_000;
const stemCache = new Map<string, string>();

/** Lower case, NFKD, accents removed: `Éclair` and `eclair` are one word. */
export function foldWord(surface: string): string {
  if (asciiPattern.test(surface)) return surface.toLowerCase();
  return surface.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase();
}

/** British and American spellings meet: `organise`, `organize`; `colour`, `color`. */
function stemLatin(word: string): string {
  if (/\d/.test(word)) return word.replace(/(?<=\d),(?=\d{3})/g, "");
  const spelled =
    word.length < 6
      ? word
      : word.replace(/is(e[sdr]?|ers|ing|ations?)$/, "iz$1").replace(/our(?=s$|ed$|ing$|$)/, "or");
  return stemWord(baseForm(spelled));
}

/**
 * The stem of a folded word. Latin words go through Porter's English rules; other alphabets are cut to their first
 * five letters, which for inflecting languages does most of what a stemmer would.
 */
export function stemFolded(word: string): string {
  const known = stemCache.get(word);
  if (known !== undefined) return known;
  const stem = latinPattern.test(word) ? stemLatin(word) : [...word].slice(0, prefixStemLength).join("");
  if (stemCache.size >= cacheLimit) stemCache.clear();
  stemCache.set(word, stem);
  return stem;
}

function pairTokens(surface: string, start: number): Token[] {
  const characters = [...surface];
  if (characters.length < 2)
    return [{ word: surface, stem: surface, start, end: start + surface.length, surface }];
  const tokens: Token[] = [];
  let offset = start;
  for (let index = 0; index + 1 < characters.length; index++) {
    const pair = `${characters[index]}${characters[index + 1]}`;
    tokens.push({ word: pair, stem: pair, start: offset, end: offset + pair.length, surface: pair });
    offset += characters[index]?.length ?? 1;
  }
  return tokens;
}

/** Words of a text in order, in any script. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const surface = match[0];
    if (unspacedPattern.test(surface)) {
      tokens.push(...pairTokens(surface, match.index));
      continue;
    }
    const folded = foldWord(surface);
    const word = isFunctionWord(folded) ? folded : folded.replace(/'s?$|'\p{L}{1,3}$/u, "");
    tokens.push({
      word,
      stem: stemFolded(word),
      start: match.index,
      end: match.index + surface.length,
      surface,
    });
  }
  return tokens;
}
