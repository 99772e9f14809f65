/**
 * English suffix stripping after M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980.
 * The five steps and their suffix tables are the paper's; words shorter than three letters pass unchanged.
 */

const vowelPattern = /[aeiouy]/;

/** True when position `index` of `word` is a consonant in Porter's sense (`y` after a consonant is a vowel). */
function isConsonant(word: string, index: number): boolean {
  const letter = word[index];
  if (letter === "a" || letter === "e" || letter === "i" || letter === "o" || letter === "u") return false;
  if (letter === "y") return index === 0 || !isConsonant(word, index - 1);
  return true;
}

/** Porter's m: how many vowel-consonant sequences the stem holds. */
function measure(stem: string): number {
  let count = 0;
  let sawVowel = false;
  for (let index = 0; index < stem.length; index++) {
    if (isConsonant(stem, index)) {
      if (sawVowel) count++;
      sawVowel = false;
    } else {
      sawVowel = true;
    }
  }
  return count;
}

function hasVowel(stem: string): boolean {
  if (!vowelPattern.test(stem)) return false;
  for (let index = 0; index < stem.length; index++) if (!isConsonant(stem, index)) return true;
  return false;
}

function endsWithDoubleConsonant(word: string): boolean {
  const last = word.length - 1;
  return last > 0 && word[last] === word[last - 1] && isConsonant(word, last);
}

/** Consonant-vowel-consonant ending whose last letter is not w, x or y: such stems get their `e` back. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  return (
    last >= 2 &&
    isConsonant(word, last) &&
    !isConsonant(word, last - 1) &&
    isConsonant(word, last - 2) &&
    !"wxy".includes(word[last] ?? "")
  );
}

function stripPluralAndTense(input: string): string {
  let word = input;
  if (word.endsWith("sses") || word.endsWith("ies")) word = word.slice(0, -2);
  else if (word.endsWith("s") && !word.endsWith("ss")) word = word.slice(0, -1);

  if (word.endsWith("eed")) {
    if (measure(word.slice(0, -3)) > 0) word = word.slice(0, -1);
  } else {
    const suffix = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
    if (suffix > 0 && hasVowel(word.slice(0, -suffix))) word = restoreEnding(word.slice(0, -suffix));
  }
  if (word.endsWith("y") && hasVowel(word.slice(0, -1))) word = `${word.slice(0, -1)}i`;
  return word;
}

function restoreEnding(stem: string): string {
  if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) return `${stem}e`;
  if (endsWithDoubleConsonant(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1);
  if (measure(stem) === 1 && endsShort(stem)) return `${stem}e`;
  return stem;
}

type SuffixRule = readonly [suffix: string, replacement: string];

const derivationRules: readonly SuffixRule[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["abli", "able"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
];

const adjectiveRules: readonly SuffixRule[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];

const residualSuffixes =
  "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split(" ");

function replaceLongest(word: string, rules: readonly SuffixRule[]): string {
  let best: SuffixRule | undefined;
  for (const rule of rules) {
    if (word.endsWith(rule[0]) && rule[0].length > (best?.[0].length ?? 0)) best = rule;
  }
  if (best === undefined) return word;
  const stem = word.slice(0, -best[0].length);
  return measure(stem) > 0 ? stem + best[1] : word;
}

function stripResidue(word: string): string {
  let longest = "";
  for (const suffix of residualSuffixes) {
    if (word.endsWith(suffix) && suffix.length > longest.length) longest = suffix;
  }
  if (longest === "") return word;
  const stem = word.slice(0, -longest.length);
  if (longest === "ion" && !/[st]$/.test(stem)) return word;
  return measure(stem) > 1 ? stem : word;
}

function tidyEnding(input: string): string {
  let word = input;
  if (word.endsWith("e")) {
    const stem = word.slice(0, -1);
    const size = measure(stem);
    if (size > 1 || (size === 1 && !endsShort(stem))) word = stem;
  }
  if (word.endsWith("ll") && measure(word.slice(0, -1)) > 1) word = word.slice(0, -1);
  return word;
}

/** The Porter stem of one lower-case English word (letters a-z; anything else is returned as it is). */
export function stemWord(word: string): string {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  const inflected = stripPluralAndTense(word);
  const derived = replaceLongest(replaceLongest(inflected, derivationRules), adjectiveRules);
  return tidyEnding(stripResidue(derived));
}
