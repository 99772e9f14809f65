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

/** How many of the words that `pdftotext` finds in a PDF are in our text, each as often; null without the program. */
export function compareWithPdftotext(
  path: string,
  text: string,
): { found: number; all: number; missing: string[] } | null {
  const run = spawnSync("pdftotext", ["-q", path, "-"], { encoding: "utf8", maxBuffer: 200_000_000 });
  if (run.status !== 0) return null;
  const own = new Map<string, number>();
  for (const word of wordsOf(text)) own.set(word, (own.get(word) ?? 0) + 1);
  const theirs = wordsOf(run.stdout);
  const missing: string[] = [];
  for (const word of theirs) {
    const left = own.get(word) ?? 0;
    if (left > 0) own.set(word, left - 1);
    else missing.push(word);
  }
  return { found: theirs.length - missing.length, all: theirs.length, missing };
}
