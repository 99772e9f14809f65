import { cleanText } from "../clean-text.ts";

/** A text item of pdf.js, as far as it is used. */
export interface PdfTextItem {
  readonly str: string;
  readonly dir: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** A piece of text where it stands on the shown page, in points from the top left. */
export interface PlacedText {
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

type Matrix = readonly number[];

function multiply(outer: Matrix, inner: Matrix): number[] {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = outer;
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = inner;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

/**
 * Fonts that draw lam and alef as one sign often give the two back the wrong way round. No Arabic word holds two alefs
 * in a row, so these are put right; the length stays.
 */
function mendLigatures(text: string): string {
  return text.replaceAll(/\u0627([\u0622\u0623\u0625\u0627])\u0644/g, "\u0627\u0644$1");
}

/**
 * Puts an item of pdf.js where it stands.
 *
 * @param viewport transform from PDF space to the shown page, origin at the top left.
 */
export function placeText(item: PdfTextItem, viewport: Matrix): PlacedText {
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
  const isRightToLeft = item.dir === "rtl";
  const text = cleanText(item.str).replaceAll(/[\r\n\t\f\v]/g, " ");
  return {
    text: isRightToLeft ? mendLigatures(text) : text,
    isRightToLeft,
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
