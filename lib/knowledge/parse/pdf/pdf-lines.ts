import { orderSegments, type Segment } from "./order-segments.ts";
import { type PdfTextItem, type PlacedText, placeText } from "./place-text.ts";

/** Text on one base line. */
export interface PdfLine {
  readonly pieces: { readonly text: string; readonly box: PlacedText["box"] }[];
  readonly size: number;
  readonly angle: number;
  readonly across: number;
  readonly along: number;
}

/** A gap this many letters high ends a segment: what follows may be another column or cell. */
const SEGMENT_GAP = 1;

function isSameLine(previous: PlacedText, next: PlacedText): boolean {
  if (Math.abs(previous.angle - next.angle) > 0.05) return false;
  const size = Math.max(previous.size, next.size);
  if (Math.abs(next.across - previous.across) > size * 0.5) return false;
  // A jump far back on the same height is another column or cell, not the next word.
  return next.isRightToLeft || previous.isRightToLeft || next.along > previous.along - size;
}

function gapBetween(previous: PlacedText, next: PlacedText): number {
  const forwards = next.along - previous.alongEnd;
  const backwards = previous.along - next.alongEnd;
  return previous.isRightToLeft || next.isRightToLeft ? Math.max(forwards, backwards) : forwards;
}

function needsSpace(previous: PlacedText, next: PlacedText): boolean {
  if (/\s$/.test(previous.text) || /^\s/.test(next.text)) return false;
  // Arabic and Hebrew put prefixes before a foreign word, never endings behind it.
  if (!previous.isRightToLeft && next.isRightToLeft && /[\p{L}\p{N}]$/u.test(previous.text)) return true;
  return gapBetween(previous, next) > Math.min(previous.size, next.size) * 0.17;
}

function buildSegments(placed: readonly PlacedText[]): Segment[] {
  const segments: Segment[] = [];
  let previous: PlacedText | undefined;
  for (const piece of placed) {
    const isBlank = piece.text.trim() === "";
    const last = segments.at(-1);
    const isNear =
      previous !== undefined &&
      isSameLine(previous, piece) &&
      gapBetween(previous, piece) < Math.max(previous.size, piece.size) * SEGMENT_GAP;
    if (last !== undefined && isNear) {
      last.pieces.push(piece);
      last.alongEnd = Math.max(last.alongEnd, piece.alongEnd);
      last.characters += piece.text.length;
      // Blank pieces are as wide as they like: only their end counts.
      previous =
        isBlank && previous !== undefined ? { ...previous, text: " ", alongEnd: piece.alongEnd } : piece;
    } else if (!isBlank) {
      const { along, alongEnd, across, size, angle } = piece;
      segments.push({
        pieces: [piece],
        along,
        alongEnd,
        across,
        size,
        angle,
        characters: piece.text.length,
        column: 0,
      });
      previous = piece;
    }
  }
  return segments;
}

/**
 * Puts the text items of a page together into lines, in reading order.
 *
 * @param viewport transform from PDF space to the shown page, origin at the top left.
 */
export function buildLines(items: readonly PdfTextItem[], viewport: readonly number[]): PdfLine[] {
  const placed = items.flatMap((item) => {
    const piece = item.str === "" ? null : placeText(item, viewport);
    return piece === null || piece.text === "" ? [] : [piece];
  });
  const lines: PdfLine[] = [];
  let previous: PlacedText | undefined;
  let column = -1;
  for (const segment of orderSegments(buildSegments(placed))) {
    for (const [index, piece] of segment.pieces.entries()) {
      const isInside = index > 0;
      const goesOn =
        previous !== undefined && (isInside || (segment.column === column && isSameLine(previous, piece)));
      const isBlank = piece.text.trim() === "";
      if (goesOn && previous !== undefined) {
        const separator = needsSpace(previous, piece) ? " " : "";
        lines.at(-1)?.pieces.push({ text: separator + piece.text, box: piece.box });
        previous = isBlank ? { ...previous, text: " ", alongEnd: piece.alongEnd } : piece;
      } else {
        const { size, angle, across, along } = piece;
        lines.push({ pieces: [{ text: piece.text, box: piece.box }], size, angle, across, along });
        previous = piece;
      }
    }
    column = segment.column;
  }
  return lines;
}
