/** A text in the form in which quotes are compared, with the way back to the source. */
export interface NormalisedText {
  readonly text: string;
  /** For each character of `text`, the offset in the source where it comes from. */
  readonly starts: Uint32Array;
  /** And the offset just after it. */
  readonly ends: Uint32Array;
}

const SAME: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "‚": "'",
  "‛": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "‐": "-",
  "‑": "-",
  "‒": "-",
  "–": "-",
  "—": "-",
  "−": "-",
  // The prompt defuses `<source` in a document so.
  "‹": "<",
};

/** Soft hyphens and markdown emphasis are no part of what a sentence says. */
const IGNORED = new Set(["\u00ad", "*", "_", "`", "\u200b", "\u2060"]);

/** A word broken at the end of a line (or quoted so, on one line): hyphen and blank are not part of the word. */
const LINE_HYPHEN = /-\s+(?=\p{Ll})/uy;

/**
 * Folds compatibility forms, case, quotation marks and dashes, makes one blank of any white space, joins words that
 * were hyphenated at a line's end, and keeps for every character where it came from.
 */
export function normaliseText(source: string): NormalisedText {
  const characters: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const push = (folded: string, start: number, end: number) => {
    for (const character of folded) {
      for (const unit of character.split("")) {
        characters.push(unit);
        starts.push(start);
        ends.push(end);
      }
    }
  };
  let offset = 0;
  while (offset < source.length) {
    LINE_HYPHEN.lastIndex = offset;
    const hyphen = LINE_HYPHEN.exec(source);
    if (hyphen !== null && /\p{L}/u.test(source[offset - 1] ?? "")) {
      offset += hyphen[0].length;
      continue;
    }
    const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
    const end = offset + character.length;
    if (/\s/u.test(character)) {
      if (characters.length > 0 && characters.at(-1) !== " ") push(" ", offset, end);
    } else if (!IGNORED.has(character)) {
      push(SAME[character] ?? character.normalize("NFKC").toLowerCase(), offset, end);
    }
    offset = end;
  }
  return { text: characters.join(""), starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}
