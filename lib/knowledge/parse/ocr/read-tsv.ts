import { cleanText } from "../clean-text.ts";
import type { TextRun } from "../parsed-document.ts";

/** Text that was recognised on a page; runs count from its start, in points of the page. */
export interface RecognisedPage {
  readonly text: string;
  readonly runs: readonly TextRun[];
}

const WORD_CONFIDENCE_MIN = 25;
/** Below this, what was found is a picture taken for letters. */
const PAGE_CONFIDENCE_MIN = 45;
const LETTERS_MIN = 4;

const toTenth = (points: number) => Math.round(points * 10) / 10;

/**
 * Reads Tesseract's table of words (level, page, block, paragraph, line, word, left, top, width, height, confidence,
 * text) for a page of the given size in points.
 *
 * @returns null when there are no words worth keeping.
 */
export function readTsv(tsv: string, width: number, height: number): RecognisedPage | null {
  let text = "";
  let [scaleX, scaleY] = [1, 1];
  let [confidence, count] = [0, 0];
  let place: { paragraph: string; line: string } | null = null;
  const runs: TextRun[] = [];
  for (const row of tsv.split("\n")) {
    const columns = row.split("\t");
    const [level, , block, paragraph, line] = columns.map(Number);
    const [left = 0, top = 0, w = 0, h = 0, sure = 0] = columns.slice(6, 11).map(Number);
    if (level === 1 && w > 0 && h > 0) [scaleX, scaleY] = [width / w, height / h];
    const word = cleanText(columns[11] ?? "")
      .replaceAll(/\s+/g, " ")
      .trim();
    if (level !== 5 || word === "" || sure < WORD_CONFIDENCE_MIN) continue;
    const here = { paragraph: `${block} ${paragraph}`, line: `${block} ${paragraph} ${line}` };
    if (place !== null)
      text += here.line === place.line ? " " : here.paragraph === place.paragraph ? "\n" : "\n\n";
    runs.push([
      text.length,
      text.length + word.length,
      toTenth(left * scaleX),
      toTenth(top * scaleY),
      toTenth(w * scaleX),
      toTenth(h * scaleY),
    ]);
    text += word;
    place = here;
    confidence += sure;
    count += 1;
  }
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters < LETTERS_MIN || confidence / count < PAGE_CONFIDENCE_MIN ? null : { text, runs };
}
