import type { ParsedHeading } from "../parsed-document.ts";

/** A line of the whole document. */
export interface SizedLine {
  readonly start: number;
  readonly end: number;
  /** Height of its letters, in points. */
  readonly size: number;
}

/** A heading is at least this much bigger than the body text. */
const HEADING_RATIO = 1.15;
const HEADING_LENGTH_MAX = 160;
const LEVELS_MAX = 3;

/** The size in which most characters are set. */
function bodySize(lines: readonly SizedLine[]): number {
  const characters = new Map<number, number>();
  for (const { start, end, size } of lines) {
    const rounded = Math.round(size * 2) / 2;
    characters.set(rounded, (characters.get(rounded) ?? 0) + end - start);
  }
  let best = 0;
  let most = 0;
  for (const [size, count] of characters) {
    if (count > most) [best, most] = [size, count];
  }
  return best;
}

/** Lines that stand on page after page ("Page 3 of 7", the name of the report) head no section. */
function withoutRunningHeads(text: string, lines: readonly SizedLine[]): SizedLine[] {
  const nameOf = ({ start, end }: SizedLine) =>
    text.slice(start, end).replaceAll(/\d+/g, "0").replaceAll(/\s+/g, " ");
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(nameOf(line), (counts.get(nameOf(line)) ?? 0) + 1);
  return lines.filter((line) => (counts.get(nameOf(line)) ?? 0) < 3 && !/^page\s+0\b/i.test(nameOf(line)));
}

/** Headings by the size of their letters: lines of one size that follow each other are one heading. */
export function findPdfHeadings(text: string, lines: readonly SizedLine[]): ParsedHeading[] {
  const threshold = bodySize(lines) * HEADING_RATIO;
  const groups: SizedLine[] = [];
  let wasHeading = false;
  for (const line of lines) {
    const isBig = line.size >= threshold && line.end > line.start;
    const last = groups.at(-1);
    const continues =
      isBig &&
      wasHeading &&
      last !== undefined &&
      Math.abs(last.size - line.size) < 0.6 &&
      line.start - last.end <= 2;
    if (continues) groups[groups.length - 1] = { ...last, end: line.end };
    else if (isBig) groups.push(line);
    wasHeading = isBig;
  }
  const candidates = groups.filter(({ start, end }) => {
    const title = text.slice(start, end);
    return end - start <= HEADING_LENGTH_MAX && /\p{L}{2}/u.test(title);
  });
  const headings = withoutRunningHeads(text, candidates);
  // Where a third of the lines is "bigger", size says nothing about structure.
  if (headings.length > lines.length / 3) return [];
  const sizes = [...new Set(headings.map(({ size }) => Math.round(size)))].sort((a, b) => b - a);
  return headings.map(({ start, end, size }) => ({
    start,
    end,
    level: Math.min(LEVELS_MAX, sizes.indexOf(Math.round(size)) + 1),
    title: text.slice(start, end).replaceAll(/\s+/g, " ").trim(),
  }));
}
