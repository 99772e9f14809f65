/** Runs of text on a page as [start, end, x, y, width, height]: see `documentPageSchema`. */
export type TextRun = [number, number, number, number, number, number];

/** One page of a parsed document; texts without pages have a single one without a size. */
export interface ParsedPage {
  /** From 1. */
  readonly page: number;
  readonly start: number;
  readonly end: number;
  /** Size in points as the page is shown, its own rotation applied; null for text without pages. */
  readonly width: number | null;
  readonly height: number | null;
  readonly runs: TextRun[];
}

/** A heading: its place in the text and its depth, 1 outermost. */
export interface ParsedHeading {
  readonly start: number;
  readonly end: number;
  readonly level: number;
  readonly title: string;
}

/** What reading a file gives. */
export interface ParsedDocument {
  /** Name and version of the parser. */
  readonly parser: string;
  /** The title the file gives itself, if any. */
  readonly title: string | null;
  /** The one string that every offset counts into, in UTF-16 code units. */
  readonly text: string;
  readonly pages: readonly ParsedPage[];
  /** False for Markdown and plain text. */
  readonly hasPages: boolean;
  readonly headings: readonly ParsedHeading[];
  /** Pages (from 1) without readable text. */
  readonly unreadablePages: readonly number[];
}

/** Reports that `done` of `total` pages are read. */
export type PageProgress = (done: number, total: number) => void;
