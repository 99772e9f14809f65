import { classifyLine, type LineShape } from "./classify-line.ts";

/** A line of a text, with its place in it. */
export interface Line extends LineShape {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const headingMaxWords = 12;
// Proportional type makes full lines differ in characters: this far below the longest still counts as full.
const fullLineShare = 0.82;
const wrappedMarginMin = 30;
const wrappedMarginMax = 140;
const wrappedOpenShareMin = 0.4;

/** The lines of a text with their shapes; what stands between code fences is code. */
export function readLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  let inFence = false;
  for (const raw of text.split("\n")) {
    const shape = classifyLine(raw);
    const kind = inFence && shape.kind !== "fence" && shape.kind !== "blank" ? "code" : shape.kind;
    if (shape.kind === "fence") inFence = !inFence;
    lines.push({ ...shape, kind, start, end: start + raw.length, text: raw });
    start += raw.length + 1;
  }
  return lines;
}

/**
 * The margin at which the text was wrapped, or 0 for text with one paragraph to a line. Where lines were broken to fit,
 * most of the long ones stop in the middle of a sentence; where each is a paragraph, they end with one.
 */
export function findMargin(lines: readonly Line[]): number {
  const texts = lines
    .filter((line) => line.kind === "prose" || line.kind === "item" || line.kind === "field")
    .map((line) => line.text.trimEnd());
  const margin = Math.max(0, ...texts.map((text) => text.length));
  if (margin < wrappedMarginMin || margin > wrappedMarginMax) return 0;
  const full = texts.filter((text) => text.length >= margin * fullLineShare);
  const open = full.filter((text) => !endsSentence(text)).length;
  return open / full.length >= wrappedOpenShareMin ? margin : 0;
}

/** True when the next line's first word would not have fitted: the line broke because it was full. */
function isFullLine(line: Line, next: Line, margin: number): boolean {
  if (margin === 0) return false;
  const firstWord = /^\s*(\S+)/.exec(next.text)?.[1] ?? "";
  return line.text.trimEnd().length + 1 + firstWord.length >= margin * fullLineShare;
}

/** True when the text ends in a sentence mark, a colon or a semicolon. */
export function endsSentence(text: string): boolean {
  return /[.!?:;…。！？]["'”’»)\]*_]*\s*$/u.test(text);
}

const openWords = new Set(
  "a an the of in on at by for with from to and or nor but that which as than into between under over about via per my your his her its our their".split(
    " ",
  ),
);

/** A line that ends in a comma, an opening bracket or a word like "of" cannot be the end of anything. */
function breaksOff(text: string): boolean {
  const lastWord = /(?:^|\s)(\p{L}+)\s*$/u.exec(text)?.[1]?.toLowerCase();
  return /[,(–—]\s*$/.test(text) || (lastWord !== undefined && openWords.has(lastWord));
}

/** True when `next` goes on with the sentence that `line` left open. */
export function continues(line: Line, next: Line | undefined, margin: number): boolean {
  if (next === undefined || (next.kind !== "prose" && next.kind !== "field" && next.kind !== "code"))
    return false;
  if (next.kind === "code") return false;
  if (/^\s*\p{Ll}/u.test(next.text)) return true;
  if (next.kind === "field") return false;
  const isFull = isFullLine(line, next, margin);
  if (!endsSentence(line.text)) return isFull || breaksOff(line.text);
  const isHeadingNext = isTitleLike(next.text) && !isFullLine(next, line, margin);
  return isFull && !isHeadingNext && line.kind !== "field";
}

/** True for a short line that starts like a title and does not end like a sentence. */
export function isTitleLike(text: string): boolean {
  const words = text.trim().split(/\s+/);
  if (words.length > headingMaxWords || /[.!;,:…。！；，：；।۔]$/u.test(text.trim())) return false;
  return /^[\p{Lu}\p{N}\p{Lo}"“]/u.test(text.trim()) && /\p{L}/u.test(text);
}

const titleRunMin = 3;

/**
 * Tells a heading from a line of a form or of a table whose cells lost their borders: three or more title-like lines in
 * a row are such lines, except the last one when it ends in a word, which then heads what follows.
 */
export function isHeadingLine(lines: readonly Line[], at: number): boolean {
  const isTitle = (index: number) => {
    const line = lines[index];
    return line?.kind === "prose" && isTitleLike(line.text);
  };
  if (!isTitle(at)) return false;
  let first = at;
  while (isTitle(first - 1)) first--;
  let last = at;
  while (isTitle(last + 1)) last++;
  if (last - first + 1 < titleRunMin) return true;
  return at === last && !/\d[^\p{L}]*$/u.test(lines[at]?.text ?? "");
}
