import { cleanLines } from "./clean-text.ts";
import type { ParsedDocument, ParsedHeading } from "./parsed-document.ts";
import { decodeText } from "./sniff-media-type.ts";

const PARSER = "text/1";

/** Parts of a document without pages. */
export function withoutPages(
  parser: string,
  text: string,
  headings: readonly ParsedHeading[],
  title: string | null,
): ParsedDocument {
  return {
    parser,
    title,
    text,
    pages: [{ page: 1, start: 0, end: text.length, width: null, height: null, runs: [] }],
    hasPages: false,
    headings,
    unreadablePages: [],
  };
}

/** Reads plain text; it has no headings and no title of its own. */
export function parseText(bytes: Uint8Array): ParsedDocument {
  return withoutPages(PARSER, cleanLines(decodeText(bytes)), [], null);
}
