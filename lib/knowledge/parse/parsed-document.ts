/** Runs of text on a page as [start, end, x, y, width, height]: see `documentPageSchema`. */
export type TextRun = [number, number, number, number, number, number];

/** One page of a parsed document: of a PDF, or a slide, sheet, chapter, attachment; other texts have a single one. */
export interface ParsedPage {
  /** From 1. */
  readonly page: number;
  readonly start: number;
  readonly end: number;
  /** Size in points as the page is shown, its own rotation applied; null where there is no page to draw on. */
  readonly width: number | null;
  readonly height: number | null;
  readonly runs: TextRun[];
  /** What a person calls it (`Slide 3`, `Sheet "Prices"`); null where the number says it all. */
  readonly label: string | null;
  /** True when the text was recognised from a picture of the page. */
  readonly isRecognised: boolean;
}

/** A heading: its place in the text and its depth, 1 outermost. */
export interface ParsedHeading {
  readonly start: number;
  readonly end: number;
  readonly level: number;
  readonly title: string;
}

/** What a block is; a `table` block is one row, a `list` block one item, a `cue` what somebody says at a time. */
export type BlockKind = "paragraph" | "heading" | "list" | "table" | "code" | "quote" | "cue";

/** A part of the text that belongs together, with the name of its place in the file. */
export interface ParsedBlock {
  readonly start: number;
  readonly end: number;
  readonly kind: BlockKind;
  /** `paragraph 12`, `table 2, row 3`, `row 4`, `00:01:20, Ann`; null in a PDF, where boxes say it. */
  readonly label: string | null;
  /** Where the head row of this row's table stands. */
  readonly header?: readonly [start: number, end: number];
  /** Of a spreadsheet's row: start of each cell and its column from 1, as pairs in one list. */
  readonly cells?: readonly number[];
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
  /** True when page numbers mean something to a person: pages, slides, sheets, chapters. */
  readonly hasPages: boolean;
  readonly headings: readonly ParsedHeading[];
  /** Pages (from 1) without readable text. */
  readonly unreadablePages: readonly number[];
  /** In order, without overlap; every visible character is in one. */
  readonly blocks: readonly ParsedBlock[];
}

/** Reports that `done` of `total` pages are read. */
export type PageProgress = (done: number, total: number) => void;
