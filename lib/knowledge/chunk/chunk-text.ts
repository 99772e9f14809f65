import { type SentenceRange, splitSentences } from "../../shared/sentences.ts";
import type { ParsedHeading, ParsedPage } from "../parse/parsed-document.ts";

/** A passage: `text.slice(start, end)` of its version. */
export interface TextChunk {
  readonly start: number;
  readonly end: number;
  /** Page on which it starts, from 1; null for text without pages. */
  readonly page: number | null;
  /** Headings above it, outermost first. */
  readonly headingPath: readonly string[];
  readonly text: string;
}

/** What is cut. */
export interface ChunkSource {
  readonly text: string;
  readonly headings: readonly ParsedHeading[];
  readonly pages: readonly ParsedPage[];
  readonly hasPages: boolean;
}

/** Words of a full passage. Sentence-packed 200 words hold as many whole answers as 50 % overlap with half the passages. */
const TARGET_WORDS = 200;
/** A rest shorter than this joins the passage before it. */
const REST_WORDS = 60;
/** A section shorter than this may share a passage with the next. */
const TINY_SECTION_WORDS = 50;
/** Where nothing divides the text (tables, unpunctuated text), a piece is cut at this many words or characters. */
const PIECE_WORDS = 120;
const PIECE_CHARACTERS = 1_200;

interface Piece extends SentenceRange {
  readonly words: number;
}

interface Section {
  readonly pieces: Piece[];
  readonly words: number;
  readonly headingPath: readonly string[];
  readonly level: number;
}

function countWords(text: string): number {
  // Scripts without spaces: two characters weigh about as much as a word.
  const unspaced =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  const words = (text.match(/\S+/g)?.length ?? 0) + Math.floor(unspaced / 2);
  // Long strings of anything count by their length.
  return Math.max(words, Math.ceil(text.trim().length / 14));
}

/** Sentences, with those that are too long cut at white space (or anywhere but inside a character). */
function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const { start, end } of splitSentences(text)) {
    let from = start;
    while (from < end) {
      const to = cutPoint(text, from, end);
      const words = countWords(text.slice(from, to));
      if (words > 0) pieces.push({ start: from, end: to, words });
      from = to;
      while (from < end && /\s/.test(text[from] ?? "")) from += 1;
    }
  }
  return pieces;
}

function cutPoint(text: string, from: number, end: number): number {
  if (end - from <= PIECE_CHARACTERS && countWords(text.slice(from, end)) <= TARGET_WORDS) return end;
  const window = text.slice(from, Math.min(end, from + PIECE_CHARACTERS));
  let words = 0;
  let cut = 0;
  for (const match of window.matchAll(/\S+/g)) {
    // The last word of the window may be cut by it.
    if (match.index + match[0].length === window.length && from + window.length < end) break;
    words += 1;
    cut = match.index + match[0].length;
    if (words >= PIECE_WORDS) break;
  }
  if (cut > 0) return from + cut;
  const hard = from + window.length;
  const splitsPair = /[\uD800-\uDBFF]/.test(text[hard - 1] ?? "") && hard < end;
  return splitsPair ? hard - 1 : hard;
}

function splitSections(source: ChunkSource): Section[] {
  const pieces = piecesOf(source.text);
  const sections: Section[] = [];
  const path: ParsedHeading[] = [];
  let next = 0;
  const take = (until: number, level: number) => {
    const own: Piece[] = [];
    for (let piece = pieces[next]; piece !== undefined && piece.start < until; piece = pieces[next]) {
      own.push(piece);
      next += 1;
    }
    const words = own.reduce((sum, piece) => sum + piece.words, 0);
    if (words > 0) sections.push({ pieces: own, words, headingPath: path.map(({ title }) => title), level });
  };
  for (const [index, heading] of source.headings.entries()) {
    if (index === 0) take(heading.start, 0);
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
    path.push(heading);
    take(source.headings[index + 1]?.start ?? Number.POSITIVE_INFINITY, heading.level);
  }
  take(Number.POSITIVE_INFINITY, 0);
  return sections;
}

/** Joins tiny sections with the section that follows, unless that one stands higher in the outline. */
function joinTinySections(sections: readonly Section[]): Section[] {
  const joined: Section[] = [];
  for (const section of sections) {
    const last = joined.at(-1);
    const isTiny = last !== undefined && last.words < TINY_SECTION_WORDS;
    if (last === undefined || !isTiny || section.level < last.level) joined.push(section);
    else {
      // A heading right above a deeper heading has no text of its own: the deeper path names it all.
      const isBare = last.pieces.length === 1 && section.level > last.level;
      joined[joined.length - 1] = {
        pieces: [...last.pieces, ...section.pieces],
        words: last.words + section.words,
        headingPath: isBare ? section.headingPath : commonPath(last.headingPath, section.headingPath),
        level: isBare ? section.level : last.level,
      };
    }
  }
  return joined;
}

function commonPath(left: readonly string[], right: readonly string[]): string[] {
  const length = left.findIndex((title, index) => right[index] !== title);
  return left.slice(0, length < 0 ? left.length : length);
}

/** Packs whole pieces until the target is reached; a short rest joins the passage before it. */
function packSection(section: Section): Piece[] {
  const packed: Piece[] = [];
  for (const piece of section.pieces) {
    const last = packed.at(-1);
    if (last !== undefined && last.words + piece.words <= TARGET_WORDS * 1.1) {
      packed[packed.length - 1] = { start: last.start, end: piece.end, words: last.words + piece.words };
    } else packed.push(piece);
  }
  const rest = packed.at(-1);
  const before = packed.at(-2);
  if (rest !== undefined && before !== undefined && rest.words < REST_WORDS) {
    packed.splice(-2, 2, { start: before.start, end: rest.end, words: before.words + rest.words });
  }
  return packed;
}

/**
 * Cuts a text into passages of whole sentences, about 200 words each, that do not reach over a heading unless the
 * section is tiny. Equal input gives equal passages, so that an interrupted ingestion can go on where it ended.
 */
export function chunkText(source: ChunkSource): TextChunk[] {
  const chunks: TextChunk[] = [];
  for (const section of joinTinySections(splitSections(source))) {
    for (const { start, end } of packSection(section)) {
      chunks.push({
        start,
        end,
        page: source.hasPages ? pageAt(source.pages, start) : null,
        headingPath: section.headingPath,
        text: source.text.slice(start, end),
      });
    }
  }
  return chunks;
}

function pageAt(pages: readonly ParsedPage[], offset: number): number {
  return pages.findLast((page) => page.start <= offset && page.end > page.start)?.page ?? 1;
}

/**
 * What the indexes see of a passage: title and headings in front, words that a line end hyphenated put together.
 */
export function indexedText(title: string, chunk: TextChunk): string {
  const path = chunk.headingPath.filter((heading) => heading !== title).join(" > ");
  const body = chunk.text.replaceAll(/(\p{L})[-\u00AD]\n(?=\p{Ll})/gu, "$1").replaceAll("\u00AD", "");
  return [title, path, body].filter((part) => part !== "").join("\n");
}
