import type { ParsedBlock } from "./parsed-document.ts";

/** The blocks with paragraphs put in where visible text lies in none; blocks that overlap one before are left out. */
export function coverGaps(
  text: string,
  blocks: readonly ParsedBlock[],
  labelOf: (start: number) => string | null,
): ParsedBlock[] {
  const covered: ParsedBlock[] = [];
  let at = 0;
  const fill = (until: number) => {
    const gap = text.slice(at, until);
    for (const match of gap.matchAll(/\S(?:[\s\S]*?\S)?(?=\s*\n\s*\n|\s*$)/g)) {
      const start = at + match.index;
      covered.push({ start, end: start + match[0].length, kind: "paragraph", label: labelOf(start) });
    }
  };
  for (const block of blocks) {
    if (block.start < at || block.end <= block.start) continue;
    fill(block.start);
    covered.push(block);
    at = block.end;
  }
  fill(text.length);
  return covered;
}
