import { classifyLine, type LineShape } from "./classify-line.ts";
import { isFunctionWord } from "./common-words.ts";

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
const wrappedShareMin = 0.35;

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
 * The margin at which the text was wrapped: the 90th percentile of line lengths, when enough lines reach it. Text
 * with one paragraph to a line has none, and gives 0.
 */
export function findMargin(lines: readonly Line[]): number {
  const lengths = lines
    .filter((line) => line.kind === "prose" || line.kind === "item" || line.kind === "field")
    .map((line) => line.text.trimEnd().length)
    .sort((left, right) => left - right);
  const margin = lengths[Math.floor((lengths.length - 1) * 0.9)] ?? 0;
  const full = lengths.filter((length) => length >= margin * fullLineShare).length;
  const isWrapped =
    margin >= wrappedMarginMin && margin <= wrappedMarginMax && full / lengths.length >= wrappedShareMin;
  return isWrapped ? margin : 0;
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

/** A line that ends in a comma, an opening bracket or a word like "of" cannot be the end of anything. */
function breaksOff(text: string): boolean {
  const lastWord = /(\p{L}+)\s*$/u.exec(text)?.[1]?.toLowerCase();
  return /[,(–—]\s*$/.test(text) || (lastWord !== undefined && isFunctionWord(lastWord));
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
