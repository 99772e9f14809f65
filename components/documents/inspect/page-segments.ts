import type { IndexPassage } from "@/lib/knowledge/schema.ts";

/** A stretch of a page: in a passage, or in none. */
export interface PageSegment {
  readonly start: number;
  readonly text: string;
  /** Null for text that no passage holds. */
  readonly passage: IndexPassage | null;
  /** The passage begins before what is shown, or goes on after it. */
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
}

/**
 * Cuts a page into its passages and what stands between them. Blank text between passages is left out.
 *
 * @param text what is shown, which begins at `start` of the version's text.
 * @param passages in order; one may begin before the text or end after it.
 */
export function pageSegments(
  text: string,
  start: number,
  passages: readonly IndexPassage[],
): readonly PageSegment[] {
  const end = start + text.length;
  const segments: PageSegment[] = [];
  const addGap = (from: number, to: number) => {
    const between = text.slice(from - start, to - start);
    if (between.trim() === "") return;
    segments.push({ start: from, text: between, passage: null, isCutBefore: false, isCutAfter: false });
  };
  let at = start;
  for (const passage of passages) {
    const from = Math.max(passage.start, start);
    const to = Math.min(passage.end, end);
    if (from > at) addGap(at, from);
    segments.push({
      start: from,
      text: text.slice(from - start, to - start),
      passage,
      isCutBefore: passage.start < start,
      isCutAfter: passage.end > end,
    });
    at = Math.max(at, to);
  }
  addGap(at, end);
  return segments;
}
