import { isFunctionWord } from "@/lib/shared/text/common-words.ts";
import { analyseText } from "@/lib/shared/text/search-terms.ts";
import { foldWord } from "@/lib/shared/text/tokenise.ts";

/** Characters of a text, `[start, end)`. */
export type Range = readonly [start: number, end: number];

/**
 * Where the words of a question stand in a passage, by the analysis that the index uses: inflections, spellings,
 * numbers and dates in other forms are found too. Words like "the" and "which" are left out, unless the question holds
 * nothing else.
 */
export function matchingRanges(query: string, text: string): Range[] {
  const asked = analyseText(query);
  const telling = asked.filter(({ start, end }) => !isFunctionWord(foldWord(query.slice(start, end))));
  const wanted = new Set((telling.length > 0 ? telling : asked).map(({ term }) => term));
  const found = analyseText(text)
    .filter(({ term }) => wanted.has(term))
    // Dates come after the words they are made of.
    .sort((a, b) => a.start - b.start);
  const ranges: [number, number][] = [];
  for (const { start, end } of found) {
    const last = ranges.at(-1);
    if (last !== undefined && isJoined(text, last[1], start)) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

/** Words that touch, or have one blank or hyphen between them, are one highlight. */
function isJoined(text: string, from: number, to: number): boolean {
  return to <= from || /^[\s-]$/.test(text.slice(from, to));
}
