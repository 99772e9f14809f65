const DELIMITERS = [",", ";", "\t", "|"] as const;
const LINES = 20;

/** Fields of a line by a delimiter, quotes heeded. */
function countFields(line: string, delimiter: string): number {
  let count = 1;
  let isQuoted = false;
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) count += 1;
  }
  return count;
}

/** The mark that divides the fields: the one that cuts most lines into as many fields as the first. */
export function sniffDelimiter(text: string): string {
  const lines = text
    .slice(0, 100_000)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, LINES);
  let best: string = ",";
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => countFields(line, delimiter));
    const first = counts[0] ?? 1;
    if (first < 2) continue;
    const same = counts.filter((count) => count === first).length / counts.length;
    const score = same * 10 + Math.min(first, 10) / 10;
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}
