import type { ParsedBlock, ParsedDocument, ParsedHeading, ParsedPage } from "../parsed-document.ts";
import { pdfBlocks } from "../pdf/pdf-blocks.ts";
import type { RecognisedPage } from "./read-tsv.ts";

/** The document with text on pages that had none; everything that follows moves on. */
export function replacePages<T extends ParsedDocument>(
  document: T,
  found: ReadonlyMap<number, RecognisedPage>,
): T {
  let text = "";
  const pages: ParsedPage[] = [];
  const headings: ParsedHeading[] = [];
  const blocks: ParsedBlock[] = [];
  let oldEnd = 0;
  let isAfterRecognised = false;
  for (const page of document.pages) {
    const recognised = found.get(page.page);
    const own = recognised?.text ?? document.text.slice(page.start, page.end);
    if (own === "") {
      pages.push({ ...page, start: text.length, end: text.length });
      continue;
    }
    // Between two pages that both had text the gap stays as it was: a sentence may run on.
    const gap = document.text.slice(oldEnd, page.start);
    const isKept = recognised === undefined && oldEnd > 0 && !isAfterRecognised;
    isAfterRecognised = recognised !== undefined;
    const start = text === "" ? 0 : text.length + (isKept ? gap : "\n\n").length;
    text += (text === "" ? "" : isKept ? gap : "\n\n") + own;
    const shift = start - (recognised === undefined ? page.start : 0);
    const moved: ParsedPage = {
      ...page,
      start,
      end: text.length,
      runs: (recognised?.runs ?? page.runs).map(([from, to, ...box]) => [from + shift, to + shift, ...box]),
      isRecognised: recognised !== undefined,
    };
    pages.push(moved);
    if (recognised === undefined) {
      const isHere = (part: { start: number; end: number }) =>
        part.start >= page.start && part.end <= page.end;
      const move = <P extends { start: number; end: number }>(part: P): P => ({
        ...part,
        start: part.start + shift,
        end: part.end + shift,
      });
      headings.push(...document.headings.filter(isHere).map(move));
      blocks.push(...document.blocks.filter(isHere).map(move));
      oldEnd = page.end;
    } else blocks.push(...pdfBlocks(text, [], [moved]));
  }
  const unreadablePages = document.unreadablePages.filter((page) => !found.has(page));
  return { ...document, text, pages, headings, blocks, unreadablePages, parser: `${document.parser}+ocr/1` };
}
