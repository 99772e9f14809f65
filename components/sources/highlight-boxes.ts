import type { DocumentPage } from "@/lib/knowledge/schema.ts";

/** A rectangle in points from the page's top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Runs closer than this, in points, on one line become one box. */
const JOIN_GAP_POINTS = 6;

/**
 * Rectangles over the words of `[start, end)`. A run that the range cuts is cut in proportion to its characters, which
 * is as near as boxes of whole runs allow. Boxes that touch on one line are joined.
 *
 * @param runs boxes of a page's text runs with their offsets into the version's text.
 */
export function highlightBoxes(runs: DocumentPage["runs"], start: number, end: number): Box[] {
  const boxes: Box[] = [];
  for (const [runStart, runEnd, x, y, width, height] of runs) {
    const from = Math.max(start, runStart);
    const to = Math.min(end, runEnd);
    if (from >= to) continue;
    const perCharacter = width / (runEnd - runStart);
    const box = { x: x + (from - runStart) * perCharacter, y, width: (to - from) * perCharacter, height };
    const last = boxes.at(-1);
    if (last && isSameLine(last, box)) boxes[boxes.length - 1] = union(last, box);
    else boxes.push(box);
  }
  return boxes;
}

function isSameLine(left: Box, right: Box): boolean {
  const overlap = Math.min(left.y + left.height, right.y + right.height) - Math.max(left.y, right.y);
  const gap = right.x - (left.x + left.width);
  return overlap > Math.min(left.height, right.height) / 2 && gap >= -1 && gap <= JOIN_GAP_POINTS;
}

function union(left: Box, right: Box): Box {
  const x = Math.min(left.x, right.x);
  const y = Math.min(left.y, right.y);
  return {
    x,
    y,
    width: Math.max(left.x + left.width, right.x + right.width) - x,
    height: Math.max(left.y + left.height, right.y + right.height) - y,
  };
}
