import { cleanLines } from "../clean-text.ts";
import { coverGaps } from "../cover-gaps.ts";
import { decodeText } from "../decode-text.ts";
import type { ParsedBlock, ParsedDocument, ParsedHeading } from "../parsed-document.ts";

const PARSER = "text/2";

/** Names lines by number: `line 12`. */
export function lineLabels(text: string): (start: number) => string {
  let line = 1;
  let at = 0;
  return (start) => {
    if (start < at) [line, at] = [1, 0];
    for (let next = text.indexOf("\n", at); next >= 0 && next < start; next = text.indexOf("\n", at)) {
      line += 1;
      at = next + 1;
    }
    return `line ${line}`;
  };
}

/** Parts of a document without pages. */
export function withoutPages(
  parser: string,
  text: string,
  headings: readonly ParsedHeading[],
  title: string | null,
  blocks: readonly ParsedBlock[] = [],
): ParsedDocument {
  const page = { page: 1, start: 0, end: text.length, width: null, height: null, runs: [] };
  return {
    parser,
    title,
    text,
    pages: [{ ...page, label: null, isRecognised: false }],
    hasPages: false,
    headings,
    unreadablePages: [],
    blocks: coverGaps(text, blocks, lineLabels(text)),
  };
}

/** Reads plain text; it has no headings and no title of its own. */
export function parseText(bytes: Uint8Array): ParsedDocument {
  return withoutPages(PARSER, cleanLines(decodeText(bytes)), [], null);
}
