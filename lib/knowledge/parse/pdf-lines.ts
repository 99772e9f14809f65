import { cleanText } from "./clean-text.ts";

/** A text item of pdf.js, as far as it is used. */
export interface PdfTextItem {
  readonly str: string;
  readonly dir: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** A piece of text where it stands on the shown page, in points from the top left. */
interface PlacedText {
  readonly text: string;
  readonly isRightToLeft: boolean;
  readonly size: number;
  readonly angle: number;
  /** Along the writing direction, where it begins and ends; across it, growing downwards. */
  readonly along: number;
  readonly alongEnd: number;
  readonly across: number;
  readonly box: readonly [x: number, y: number, width: number, height: number];
}

/** Text on one base line. */
export interface PdfLine {
  readonly pieces: { readonly text: string; readonly box: PlacedText["box"] }[];
  readonly size: number;
  readonly angle: number;
  readonly across: number;
  readonly along: number;
}

type Matrix = readonly number[];

function multiply(outer: Matrix, inner: Matrix): number[] {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = outer;
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = inner;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function place(item: PdfTextItem, viewport: Matrix): PlacedText {
  const [a = 1, b = 0, c = 0, d = 1, x = 0, y = 0] = multiply(viewport, item.transform);
  const angle = Math.atan2(b, a);
  const size = Math.hypot(c, d) || item.height || 1;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // The base line runs from (x, y) along the angle; letters stand to its left as seen by the writer.
  const corners = [
    [x, y],
    [x + item.width * cos, y + item.width * sin],
    [x + size * sin, y - size * cos],
    [x + item.width * cos + size * sin, y + item.width * sin - size * cos],
  ] as const;
  const left = Math.min(...corners.map((corner) => corner[0]));
  const top = Math.min(...corners.map((corner) => corner[1]));
  const width = Math.max(...corners.map((corner) => corner[0])) - left;
  const height = Math.max(...corners.map((corner) => corner[1])) - top;
  const along = x * cos + y * sin;
  return {
    text: cleanText(item.str).replaceAll(/[\r\n\t\f\v]/g, " "),
    isRightToLeft: item.dir === "rtl",
    size,
    angle,
    along,
    alongEnd: along + item.width,
    across: y * cos - x * sin,
    box: [left, top, width, height].map(
      (value) => Math.round(value * 10) / 10,
    ) as unknown as PlacedText["box"],
  };
}

function isSameLine(previous: PlacedText, next: PlacedText): boolean {
  if (Math.abs(previous.angle - next.angle) > 0.05) return false;
  const size = Math.max(previous.size, next.size);
  if (Math.abs(next.across - previous.across) > size * 0.5) return false;
  // A jump far back on the same height is another column or cell, not the next word.
  return next.isRightToLeft || previous.isRightToLeft || next.along > previous.along - size;
}

function needsSpace(previous: PlacedText, next: PlacedText): boolean {
  if (/\s$/.test(previous.text) || /^\s/.test(next.text)) return false;
  const forwards = next.along - previous.alongEnd;
  const backwards = previous.along - next.alongEnd;
  const gap = previous.isRightToLeft || next.isRightToLeft ? Math.max(forwards, backwards) : forwards;
  return gap > Math.min(previous.size, next.size) * 0.17;
}

/**
 * Puts the text items of a page, in the order in which the file draws them, together into lines.
 *
 * @param viewport transform from PDF space to the shown page, origin at the top left.
 */
export function buildLines(items: readonly PdfTextItem[], viewport: Matrix): PdfLine[] {
  const lines: PdfLine[] = [];
  let previous: PlacedText | undefined;
  for (const item of items) {
    if (item.str === "") continue;
    const placed = place(item, viewport);
    if (placed.text === "") continue;
    const isBlank = placed.text.trim() === "";
    if (previous !== undefined && isSameLine(previous, placed)) {
      const separator = needsSpace(previous, placed) ? " " : "";
      lines.at(-1)?.pieces.push({ text: separator + placed.text, box: placed.box });
      previous = isBlank ? { ...previous, text: " ", alongEnd: placed.alongEnd } : placed;
    } else if (!isBlank) {
      const { size, angle, across, along } = placed;
      lines.push({ pieces: [{ text: placed.text, box: placed.box }], size, angle, across, along });
      previous = placed;
    }
  }
  return lines;
}
