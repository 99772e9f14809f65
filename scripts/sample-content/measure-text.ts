import type { PDFFont } from "pdf-lib";

/** Breaks at spaces so that each line fits the width; a longer single word stays whole. */
export function breakLines(text: string, font: PDFFont, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && font.widthOfTextAtSize(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Natural widths of the cells plus the spare width shared equally between the columns. */
export function columnWidths(rows: string[][], font: PDFFont, width: number): number[] {
  const count = rows[0]?.length ?? 0;
  const natural = Array.from({ length: count }, (_, index) =>
    Math.max(
      ...rows.map((cells) => font.widthOfTextAtSize((cells[index] ?? "").replaceAll("**", ""), 9) + 12),
    ),
  );
  const sum = natural.reduce((total, value) => total + value, 0);
  if (sum > width + 8)
    throw new Error(`A table is ${Math.ceil(sum - width)} points too wide for its column.`);
  const spare = (width + 8 - sum) / Math.max(count, 1);
  return natural.map((value) => value + spare);
}
