import { chunkText } from "../../lib/knowledge/chunk/chunk-text.ts";
import { parseText } from "../../lib/knowledge/parse/text/parse-text.ts";

const ADDED = " This sentence was put in later and says that the valve of pump seven was replaced in May.";
const EDITS_PER_DOCUMENT = 10;

/** How many passages are new after a sentence was put in at ten places of each document. */
export function measureStability(
  texts: readonly string[],
  targetWords: number,
): { mean: number; most: number } {
  const counts: number[] = [];
  const chunksOf = (text: string) => chunkText(parseText(Buffer.from(text)), { targetWords });
  for (const text of texts) {
    const before = new Set(chunksOf(text).map((chunk) => chunk.text));
    for (let edit = 1; edit <= EDITS_PER_DOCUMENT; edit += 1) {
      const wanted = Math.floor((text.length * edit) / (EDITS_PER_DOCUMENT + 1));
      const at = text.indexOf(". ", wanted) + 1;
      if (at === 0) continue;
      const changed = text.slice(0, at) + ADDED + text.slice(at);
      counts.push(chunksOf(changed).filter((chunk) => !before.has(chunk.text)).length);
    }
  }
  return { mean: counts.reduce((sum, count) => sum + count, 0) / counts.length, most: Math.max(...counts) };
}
