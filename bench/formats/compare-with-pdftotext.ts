import { spawnSync } from "node:child_process";

/** Words as both readers should see them: compatibility forms and hyphens at line ends undone. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .replaceAll(/[\u00AD\u200B-\u200F\u202A-\u202E\u2066-\u2069]/g, "")
      .replaceAll(/(\p{L})[-‐]\s+(?=\p{Ll})/gu, "$1")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/** Two words that follow each other. */
const pairsOf = (words: readonly string[]) => words.slice(1).map((word, index) => `${words[index]} ${word}`);

function countFound(own: readonly string[], theirs: readonly string[]): number {
  const left = new Map<string, number>();
  for (const item of own) left.set(item, (left.get(item) ?? 0) + 1);
  return theirs.filter((item) => {
    const count = left.get(item) ?? 0;
    if (count > 0) left.set(item, count - 1);
    return count > 0;
  }).length;
}

/** What of `pdftotext`'s text is in ours. */
export interface TextComparison {
  /** Words of theirs in our text, each as often as there; and all of theirs. */
  readonly words: number;
  readonly allWords: number;
  /** Pairs of words that follow each other in both: how far the order of reading is the same. */
  readonly pairs: number;
}

/** Compares our text of a PDF with that of `pdftotext`; null without the program. */
export function compareWithPdftotext(path: string, text: string): TextComparison | null {
  const run = spawnSync("pdftotext", ["-q", path, "-"], { encoding: "utf8", maxBuffer: 200_000_000 });
  if (run.status !== 0) return null;
  const [own, theirs] = [wordsOf(text), wordsOf(run.stdout)];
  return {
    words: countFound(own, theirs),
    allWords: theirs.length,
    pairs: countFound(pairsOf(own), pairsOf(theirs)),
  };
}
