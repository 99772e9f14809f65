import type { ParsedBlock, ParsedHeading, ParsedPage } from "../parse/parsed-document.ts";
import { packPieces, passageSize } from "./pack-pieces.ts";
import { type Piece, piecesOf } from "./text-pieces.ts";

/** A passage: `text.slice(start, end)` of its version. */
export interface TextChunk {
  readonly start: number;
  readonly end: number;
  /** Page on which it starts, from 1; null for text without pages. */
  readonly page: number | null;
  /** Headings above it, outermost first. */
  readonly headingPath: readonly string[];
  readonly text: string;
  /** Head row of the table that goes on here: for the indexes, it stands further up in the text. */
  readonly context: string | null;
}

/** What is cut. */
export interface ChunkSource {
  readonly text: string;
  readonly headings: readonly ParsedHeading[];
  readonly blocks: readonly ParsedBlock[];
  readonly pages: readonly Pick<ParsedPage, "page" | "start" | "end">[];
  readonly hasPages: boolean;
}

/** What a collection may set. */
export interface ChunkSettings {
  /** Usual words of a passage, 40 to 400. */
  readonly targetWords?: number;
}

/** Sentence-packed 200 words hold as many whole answers as 50 % overlap with half the passages. */
const TARGET_WORDS = 200;
const TARGET_WORDS_RANGE = [40, 400] as const;
/** A section shorter than this share of a passage may share one with the next. */
const TINY_SHARE = 0.25;
const CONTEXT_LENGTH_MAX = 1_000;

interface Section {
  readonly pieces: readonly Piece[];
  readonly words: number;
  readonly headingPath: readonly string[];
  readonly level: number;
}

function splitSections(source: ChunkSource): Section[] {
  const pieces = piecesOf(source.text, source.blocks);
  const sections: Section[] = [];
  const path: ParsedHeading[] = [];
  let next = 0;
  const take = (until: number, level: number) => {
    const from = next;
    while (next < pieces.length && (pieces[next] as Piece).start < until) next += 1;
    const own = pieces.slice(from, next);
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

/** Sections that may share passages: tiny ones with what follows, unless that stands higher in the outline. */
function joinTinySections(sections: readonly Section[], tinyWords: number): Section[][] {
  const runs: Section[][] = [];
  for (const section of sections) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isTiny = last !== undefined && last.words < tinyWords;
    const top = Math.min(...(run ?? []).map(({ level }) => level));
    if (run !== undefined && isTiny && section.level >= top) run.push(section);
    else runs.push([section]);
  }
  return runs;
}

/** The path that names all sections of a passage; a heading right above a deeper heading adds nothing of its own. */
function pathOf(sections: readonly Section[]): readonly string[] {
  const [first, ...rest] = sections;
  let path = first?.headingPath ?? [];
  let isBare = first?.pieces.length === 1;
  for (const section of rest) {
    const isDeeper = path.every((title, index) => section.headingPath[index] === title);
    path = isBare && isDeeper ? section.headingPath : commonPath(path, section.headingPath);
    isBare = isBare && section.pieces.length === 1;
  }
  return path;
}

function commonPath(left: readonly string[], right: readonly string[]): string[] {
  const length = left.findIndex((title, index) => right[index] !== title);
  return left.slice(0, length < 0 ? left.length : length);
}

/** The head row of the table in whose middle a passage begins. */
function contextOf(text: string, piece: Piece): string | null {
  if (piece.header === undefined) return null;
  const [start, end] = piece.header;
  return text.slice(start, Math.min(end, start + CONTEXT_LENGTH_MAX)).toWellFormed();
}

/**
 * Cuts a text into passages of whole sentences, rows and lines, about 200 words each, that do not reach over a heading
 * unless the section is tiny. Equal input gives equal passages, and a change touches only the passages near it.
 */
export function chunkText(source: ChunkSource, settings: ChunkSettings = {}): TextChunk[] {
  const [least, most] = TARGET_WORDS_RANGE;
  const targetWords = Math.min(most, Math.max(least, settings.targetWords ?? TARGET_WORDS));
  const pageAt = createPageFinder(source);
  const chunks: TextChunk[] = [];
  for (const run of joinTinySections(splitSections(source), targetWords * TINY_SHARE)) {
    const owners = run.flatMap((section) => section.pieces.map(() => section));
    const pieces = run.flatMap((section) => section.pieces);
    for (const [from, to] of packPieces(source.text, pieces, passageSize(targetWords))) {
      const [first, last] = [pieces[from] as Piece, pieces[to - 1] as Piece];
      chunks.push({
        start: first.start,
        end: last.end,
        page: pageAt(first.start),
        headingPath: pathOf([...new Set(owners.slice(from, to))]),
        text: source.text.slice(first.start, last.end),
        context: contextOf(source.text, first),
      });
    }
  }
  return chunks;
}

/** Finds pages of offsets that only grow. */
function createPageFinder({ pages, hasPages }: ChunkSource): (offset: number) => number | null {
  const filled = pages.filter(({ start, end }) => end > start);
  let index = 0;
  return (offset) => {
    while ((filled[index + 1]?.start ?? Number.POSITIVE_INFINITY) <= offset) index += 1;
    return hasPages ? (filled[index]?.page ?? 1) : null;
  };
}

/** A passage as the indexes are told of it. */
export interface IndexedChunk extends Pick<TextChunk, "headingPath" | "context" | "text"> {
  /** A sentence that a model wrote about it. */
  readonly note?: string | null;
}

/**
 * What the indexes see of a passage: title, headings, the sentence about it and the head row of its table in front,
 * words that a line end hyphenated put together.
 */
export function indexedText(title: string, chunk: IndexedChunk): string {
  const path = chunk.headingPath.filter((heading) => heading !== title).join(" > ");
  const body = chunk.text.replaceAll(/(\p{L})[-\u00AD]\n(?=\p{Ll})/gu, "$1").replaceAll("\u00AD", "");
  return [title, path, chunk.note ?? "", chunk.context ?? "", body].filter((part) => part !== "").join("\n");
}
