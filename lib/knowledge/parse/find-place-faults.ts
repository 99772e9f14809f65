import type { ParsedDocument, ParsedPage } from "./parsed-document.ts";

/**
 * What is wrong with the places of a document, in sentences; none when every visible character has its place: pages
 * and blocks in order and in range, no half of a surrogate pair, in a PDF a box for every character.
 */
export function findPlaceFaults(document: ParsedDocument): string[] {
  const { text, pages, blocks, headings } = document;
  const faults: string[] = [];
  if (!text.isWellFormed()) faults.push("the text holds half a surrogate pair");
  faults.push(...orderFaults("page", pages, text.length), ...orderFaults("block", blocks, text.length));
  faults.push(...orderFaults("heading", headings, text.length));
  faults.push(...uncovered(text, pages, "page"), ...uncovered(text, blocks, "block"));
  for (const [index, page] of pages.entries()) {
    if (page.page !== index + 1) faults.push(`page ${page.page} is number ${index + 1}`);
    faults.push(...runFaults(text, page));
  }
  for (const block of blocks) {
    if (!pages.some(({ start, end }) => block.start >= start && block.end <= end)) {
      faults.push(`the block at ${block.start} lies in no page`);
      break;
    }
  }
  return faults;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function orderFaults(name: string, ranges: readonly Range[], length: number): string[] {
  let last = 0;
  for (const { start, end } of ranges) {
    if (start < last || end < start || end > length) return [`a ${name} at ${start}–${end} is out of order`];
    last = end;
  }
  return [];
}

function uncovered(text: string, ranges: readonly Range[], name: string): string[] {
  let at = 0;
  for (const { start, end } of [...ranges, { start: text.length, end: text.length }]) {
    if (/\S/.test(text.slice(at, start))) return [`"${text.slice(at, at + 30)}" at ${at} lies in no ${name}`];
    at = end;
  }
  return [];
}

function runFaults(text: string, page: ParsedPage): string[] {
  if (page.width === null || page.height === null || page.end === page.start) return [];
  const inPage = page.runs.every(([start, end]) => start >= page.start && end <= page.end && end > start);
  if (!inPage) return [`page ${page.page} has a box for text that is not on it`];
  if (!page.runs.flat().every(Number.isFinite)) return [`page ${page.page} has a box without a place`];
  const ranges = page.runs.map(([start, end]) => ({ start: start - page.start, end: end - page.start }));
  const pageText = text.slice(page.start, page.end);
  return [
    ...orderFaults(`box on page ${page.page}`, ranges, pageText.length),
    ...uncovered(pageText, ranges, `box of page ${page.page}`),
  ];
}
