import { type SentenceRange, splitSentences } from "../../shared/sentences.ts";
import type { ParsedBlock } from "../parse/parsed-document.ts";

/** The smallest part of a text that is never cut: a sentence, a table's row, a line of code. */
export interface Piece extends SentenceRange {
  readonly words: number;
  /**
   * How good a place the text before this piece is for an end: 0 right below a heading, 1 inside a paragraph, 2 inside
   * a list, table or code or between them and the words that introduce them, 3 between paragraphs, 4 before a heading.
   */
  readonly border: number;
  readonly header?: ParsedBlock["header"];
}

/** A sentence or row longer than this is cut at white space after so many words or characters. */
const WHOLE_WORDS_MAX = 200;
const CUT_WORDS = 120;
const CUT_CHARACTERS = 1_200;

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu;

/** The words of a text; what is written without spaces, or is no words at all, counts by its length. */
export function countWords(text: string): number {
  // Scripts without spaces: two characters weigh about as much as a word.
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const words = (text.match(/\S+/g)?.length ?? 0) + Math.floor(unspaced / 2);
  return Math.max(words, Math.ceil(text.trim().length / 14));
}

/** Where to end within a range that is too long: at white space, or anywhere but inside a character. */
function cutPoint(text: string, from: number, end: number): number {
  if (end - from <= CUT_CHARACTERS && countWords(text.slice(from, end)) <= WHOLE_WORDS_MAX) return end;
  const window = text.slice(from, Math.min(end, from + CUT_CHARACTERS));
  let words = 0;
  let cut = 0;
  for (const match of window.matchAll(/\S+/g)) {
    // The last word of the window may be cut by it.
    if (match.index + match[0].length === window.length && from + window.length < end) break;
    words += 1;
    cut = match.index + match[0].length;
    if (words >= CUT_WORDS) break;
  }
  if (cut > 0) return from + cut;
  const hard = from + window.length;
  const splitsPair = /[\uD800-\uDBFF]/.test(text[hard - 1] ?? "") && hard < end;
  return splitsPair ? hard - 1 : hard;
}

/** The ranges of a block that stay whole: sentences of prose, lines of code, a row as it is. */
function rangesOf(text: string, { start, end, kind }: ParsedBlock): SentenceRange[] {
  if (kind === "table" || kind === "heading") return [{ start, end }];
  const inner = text.slice(start, end);
  if (kind !== "code")
    return splitSentences(inner).map((range) => ({ start: start + range.start, end: start + range.end }));
  return [...inner.matchAll(/[^\n]*\S[^\n]*/g)].map((line) => ({
    start: start + line.index,
    end: start + line.index + line[0].length,
  }));
}

const isStructure = (kind: ParsedBlock["kind"] | undefined) =>
  kind === "list" || kind === "table" || kind === "code";

/** How good a place the gap between two blocks is for an end. */
function borderOf(text: string, previous: ParsedBlock | undefined, block: ParsedBlock): number {
  if (block.kind === "heading") return 4;
  if (previous?.kind === "heading") return 0;
  const isBlankLine = /\n[^\S\n]*\n/.test(text.slice(previous?.end ?? 0, block.start));
  if (!isBlankLine && previous?.kind === block.kind && !isStructure(block.kind) && block.label === null)
    return 1;
  return isBlankLine && !(isStructure(block.kind) && previous?.kind === "paragraph") ? 3 : 2;
}

/** In a PDF a sentence may run over the end of a page: paragraphs without a blank line between them are one. */
function joinRunningBlocks(text: string, blocks: readonly ParsedBlock[]): ParsedBlock[] {
  const joined: ParsedBlock[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    const runsOn =
      last?.kind === "paragraph" &&
      block.kind === "paragraph" &&
      last.label === null &&
      block.label === null &&
      !/\n[^\S\n]*\n/.test(text.slice(last.end, block.start));
    if (last !== undefined && runsOn) joined[joined.length - 1] = { ...last, end: block.end };
    else joined.push(block);
  }
  return joined;
}

/** All pieces of a text, in order. */
export function piecesOf(text: string, blocks: readonly ParsedBlock[]): Piece[] {
  const pieces: Piece[] = [];
  let previous: ParsedBlock | undefined;
  for (const block of joinRunningBlocks(text, blocks)) {
    let border = borderOf(text, previous, block);
    let lastEnd = block.start;
    for (const range of rangesOf(text, block)) {
      // A blank line inside code divides more than a line end.
      if (block.kind === "code" && range.start > block.start)
        border = /\n\s*\n/.test(text.slice(lastEnd, range.start)) ? 2 : 1;
      lastEnd = range.end;
      for (let from = range.start; from < range.end; ) {
        const to = cutPoint(text, from, range.end);
        const words = countWords(text.slice(from, to));
        const header = block.header === undefined ? {} : { header: block.header };
        if (words > 0) pieces.push({ start: from, end: to, words, border, ...header });
        border = 1;
        from = to;
        while (from < range.end && /\s/.test(text[from] ?? "")) from += 1;
      }
    }
    previous = block;
  }
  return pieces;
}
