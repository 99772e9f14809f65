import { coverGaps } from "../cover-gaps.ts";
import type { ParsedBlock, ParsedHeading, ParsedPage } from "../parsed-document.ts";

/** Paragraphs and headings, none of which reaches over a page. */
export function pdfBlocks(
  text: string,
  headings: readonly ParsedHeading[],
  pages: readonly ParsedPage[],
): ParsedBlock[] {
  return pages.flatMap((page) => {
    const inside = headings.filter(({ start, end }) => start >= page.start && end <= page.end);
    const blocks = inside.map(({ start, end }) => ({
      start: start - page.start,
      end: end - page.start,
      kind: "heading" as const,
      label: null,
    }));
    return coverGaps(text.slice(page.start, page.end), blocks, () => null).map((block) => ({
      ...block,
      start: block.start + page.start,
      end: block.end + page.start,
    }));
  });
}
