import type { PlacedText } from "./place-text.ts";

/** Pieces of text that stand close together on one base line. */
export interface Segment {
  readonly pieces: PlacedText[];
  readonly along: number;
  alongEnd: number;
  readonly across: number;
  readonly size: number;
  readonly angle: number;
  characters: number;
  /** Segments of different columns never share a line. */
  column: number;
}

/** A page is put in order when more than this share of its segments stands above the one drawn before. */
const UPWARD_MAX = 0.25;
/** Or when its columns are drawn in turns: share of segments drawn in another column than the one before. */
const SWITCH_MAX = 0.3;
const COLUMN_SEGMENTS_MIN = 8;
/** Prose fills its column; the cells of a table mostly do not. */
const COLUMN_CHARACTERS_MIN = 25;
const COLUMN_FILL_MIN = 0.6;
const CROSSING_MAX = 0.25;
const DEPTH_MAX = 3;

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function upwardShare(segments: readonly Segment[]): number {
  let upward = 0;
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1];
    if (before !== undefined && segment.across < before.across - segment.size * 0.5) upward += 1;
  }
  return upward / Math.max(1, segments.length);
}

interface Columns {
  readonly left: readonly Segment[];
  readonly right: readonly Segment[];
  readonly crossing: readonly Segment[];
}

function divideAt(segments: readonly Segment[], at: number): Columns {
  const left = segments.filter(({ alongEnd }) => alongEnd <= at);
  const right = segments.filter(({ along }) => along >= at);
  const crossing = segments.filter(({ along, alongEnd }) => along < at && alongEnd > at);
  return { left, right, crossing };
}

/** Whether one side of a gap reads as a column of prose. */
function isColumn(segments: readonly Segment[]): boolean {
  if (segments.length < COLUMN_SEGMENTS_MIN) return false;
  const from = Math.min(...segments.map(({ along }) => along));
  const to = Math.max(...segments.map(({ alongEnd }) => alongEnd));
  const widths = segments.map(({ along, alongEnd }) => alongEnd - along);
  return (
    median(segments.map(({ characters }) => characters)) >= COLUMN_CHARACTERS_MIN &&
    median(widths) >= (to - from) * COLUMN_FILL_MIN
  );
}

/** The gap that divides the segments into two columns of prose, if there is one. */
function findColumns(segments: readonly Segment[]): Columns | null {
  if (segments.length < COLUMN_SEGMENTS_MIN * 2) return null;
  const from = Math.min(...segments.map(({ along }) => along));
  const to = Math.max(...segments.map(({ alongEnd }) => alongEnd));
  let best: Columns | null = null;
  for (let share = 0.2; share <= 0.8; share += 0.02) {
    const columns = divideAt(segments, from + (to - from) * share);
    const isFew = columns.crossing.length <= segments.length * CROSSING_MAX;
    const isBetter = best === null || columns.crossing.length < best.crossing.length;
    if (isFew && isBetter && isColumn(columns.left) && isColumn(columns.right)) best = columns;
  }
  return best;
}

/** Line by line from the top, each in its direction of writing. */
function sortByLine(segments: readonly Segment[], column: number): Segment[] {
  const lines: Segment[][] = [];
  for (const segment of segments.toSorted((a, b) => a.across - b.across)) {
    const line = lines.at(-1);
    const first = line?.[0];
    if (line !== undefined && first !== undefined && segment.across - first.across <= first.size * 0.5)
      line.push(segment);
    else lines.push([segment]);
  }
  return lines.flatMap((line) => {
    const isRightToLeft = line.filter(({ pieces }) => pieces[0]?.isRightToLeft).length * 2 > line.length;
    for (const segment of line) segment.column = column;
    return line.toSorted((a, b) => (isRightToLeft ? b.along - a.along : a.along - b.along));
  });
}

function orderByColumns(segments: readonly Segment[], counter: { column: number }, depth = 0): Segment[] {
  const columns = depth < DEPTH_MAX ? findColumns(segments) : null;
  counter.column += 1;
  if (columns === null) return sortByLine(segments, counter.column);
  // What reaches over both columns (a title, a wide table) divides the page into bands.
  const ordered: Segment[] = [];
  let above = Number.NEGATIVE_INFINITY;
  const takeBand = (below: number) => {
    for (const side of [columns.left, columns.right]) {
      const band = side.filter(({ across }) => across >= above && across < below);
      if (band.length > 0) ordered.push(...orderByColumns(band, counter, depth + 1));
    }
    above = below;
  };
  for (const wide of sortByLine(columns.crossing, 0)) {
    takeBand(wide.across);
    wide.column = 0;
    ordered.push(wide);
  }
  takeBand(Number.POSITIVE_INFINITY);
  return ordered;
}

/** How often the drawing changes from one column to the other, as a share. */
function switchShare(segments: readonly Segment[], { left, right }: Columns): number {
  const sides = new Map<Segment, number>([
    ...left.map((segment) => [segment, 1] as const),
    ...right.map((segment) => [segment, 2] as const),
  ]);
  const drawn = segments.flatMap((segment) => sides.get(segment) ?? []);
  const switches = drawn.filter((side, index) => index > 0 && side !== drawn[index - 1]).length;
  return switches / Math.max(1, drawn.length);
}

/**
 * Puts the segments of a page in reading order. Most programs draw a page as it is read, which no rule of geometry
 * betters, so their order stays unless it cannot be the order of reading: columns drawn in turns line by line, or a
 * drawing that keeps jumping up the page.
 */
export function orderSegments(segments: readonly Segment[]): readonly Segment[] {
  const angle = median(segments.map((segment) => segment.angle));
  const straight = segments.filter((segment) => Math.abs(segment.angle - angle) < 0.05);
  if (straight.length < 4) return segments;
  const columns = findColumns(straight);
  const isMixed = columns !== null && switchShare(straight, columns) > SWITCH_MAX;
  if (!isMixed && upwardShare(straight) <= UPWARD_MAX) return segments;
  const aside = segments.filter((segment) => !straight.includes(segment));
  return [...orderByColumns(straight, { column: 0 }), ...aside];
}
