import type { FormatResult } from "./read-format-file.ts";

const cell = (value: string | number, width: number) => String(value).padEnd(width);

/** Prints a line for each file and the sums. */
export function printReport(results: readonly FormatResult[]): void {
  console.log(
    `${cell("file", 52)} ${cell("state", 7)} ${cell("reader, kind", 26)} ${cell("pages", 6)} ${cell("chars", 8)} ${cell("chunks", 7)} ${cell("ms", 6)} remarks`,
  );
  for (const result of results) {
    const words = result.comparison;
    const share =
      words === null || words.allWords === 0 ? "" : `${words.words} of ${words.allWords} words of pdftotext`;
    const remarks = [result.reason, share, ...result.faults.map((fault) => `FAULT: ${fault}`)];
    console.log(
      `${cell(result.name, 52)} ${cell(result.state, 7)} ${cell(result.kind, 26)} ${cell(result.pages, 6)} ${cell(result.characters, 8)} ${cell(result.chunks, 7)} ${cell(Math.round(result.milliseconds), 6)} ${remarks.filter((remark) => remark !== "").join("; ")}`,
    );
  }
  const ready = results.filter(({ state }) => state === "ready").length;
  const faulty = results.filter(({ faults }) => faults.length > 0).length;
  const sum = (pick: (result: FormatResult) => number | undefined) =>
    results.reduce((total, result) => total + (pick(result) ?? 0), 0);
  const all = sum(({ comparison }) => comparison?.allWords);
  const words = sum(({ comparison }) => comparison?.words);
  const pairs = sum(({ comparison }) => comparison?.pairs);
  console.log(
    `\n${results.length} files: ${ready} ready, ${results.length - ready} failed with a reason; ${faulty} with a fault in their places`,
  );
  if (all === 0) return;
  const share = (count: number) => `${((100 * count) / all).toFixed(2)} %`;
  console.log(
    `PDF: ${words} of ${all} words of pdftotext found (${share(words)}), ${share(pairs)} of its pairs of neighbours`,
  );
}
