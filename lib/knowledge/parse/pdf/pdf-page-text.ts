import type { TextRun } from "../parsed-document.ts";
import type { PdfLine } from "./pdf-lines.ts";

/** The text of a page under construction: offsets count from `offset`. */
export interface PageText {
  readonly text: string;
  readonly runs: TextRun[];
  /** Where each line stands in the whole text, and how big its letters are. */
  readonly lines: { readonly start: number; readonly end: number; readonly size: number }[];
}

/** The usual distance of two base lines on this page, in points. */
function usualAdvance(lines: readonly PdfLine[]): number {
  const advances: number[] = [];
  for (const [index, line] of lines.entries()) {
    const previous = lines[index - 1];
    if (previous === undefined || previous.angle !== line.angle) continue;
    const advance = line.across - previous.across;
    if (advance > 0 && advance < line.size * 3) advances.push(advance);
  }
  advances.sort((a, b) => a - b);
  return advances[Math.floor(advances.length / 3)] ?? 0;
}

function endsSentence(text: string): boolean {
  return /[.!?:;…。！？]["'”’»)\]]*\s*$/.test(text);
}

/** White space between two lines: a paragraph's end is a blank line. */
function separatorBetween(previous: PdfLine, line: PdfLine, textBefore: string, advance: number): string {
  if (Math.abs(line.size / previous.size - 1) > 0.12) return "\n\n";
  const step = line.across - previous.across;
  // Up the page or another direction of writing: the next column, or a margin note.
  if (Math.abs(line.angle - previous.angle) > 0.05 || step < 0)
    return endsSentence(textBefore) ? "\n\n" : "\n";
  if (step > Math.max(advance * 1.35, line.size * 1.25)) return "\n\n";
  const isIndented = line.along - previous.along > line.size && line.along - previous.along < line.size * 6;
  return isIndented && endsSentence(textBefore) ? "\n\n" : "\n";
}

/** Joins the lines of a page into text, with the box of every run. */
export function buildPageText(lines: readonly PdfLine[], offset: number): PageText {
  const advance = usualAdvance(lines);
  let text = "";
  const runs: TextRun[] = [];
  const placed: { start: number; end: number; size: number }[] = [];
  let previous: PdfLine | undefined;
  for (const line of lines) {
    if (previous !== undefined) text = text.trimEnd() + separatorBetween(previous, line, text, advance);
    const lineStart = offset + text.length;
    for (const piece of line.pieces) {
      const lead = piece.text.length - piece.text.trimStart().length;
      const start = offset + text.length + lead;
      text += piece.text;
      const end = start + piece.text.trim().length;
      if (end > start) runs.push([start, end, ...piece.box]);
    }
    placed.push({ start: lineStart, end: offset + text.trimEnd().length, size: line.size });
    previous = line;
  }
  return { text: text.trimEnd(), runs, lines: placed };
}

/** White space between two pages: a sentence may run on. */
export function pageSeparator(before: string, after: string): string {
  const runsOn = !endsSentence(before) && /^\s*\p{Ll}/u.test(after);
  return runsOn ? "\n" : "\n\n";
}
