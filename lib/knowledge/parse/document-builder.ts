import { AppError } from "../../shared/errors.ts";
import { cleanLines } from "./clean-text.ts";
import type { BlockKind, ParsedBlock, ParsedDocument, ParsedHeading, ParsedPage } from "./parsed-document.ts";

/** Characters of a document's text; a longer one would not be read by anybody and would fill every index. */
export const TEXT_LENGTH_MAX = 30_000_000;
const HEADING_TITLE_MAX = 300;

/** What {@link DocumentBuilder.add} may be told about a block. */
export interface BlockOptions {
  readonly label?: string | null;
  /** White space before it when it is not the first of its page: a blank line unless told otherwise. */
  readonly gap?: "\n" | "\n\n";
  readonly header?: readonly [number, number];
  /** Starts of a row's cells within the block and their columns, as pairs. */
  readonly cells?: readonly number[];
}

/** A table as rows of cells. */
export interface TableRows {
  readonly rows: readonly (readonly string[])[];
  /** Whether the first row names the columns. */
  readonly hasHeader: boolean;
  /** Name of a row's place; rows from 1. */
  readonly labelOf: (row: number) => string;
}

/** What {@link DocumentBuilder.finish} adds. */
export interface DocumentFacts {
  readonly parser: string;
  readonly title?: string | null;
  readonly hasPages?: boolean;
  readonly unreadablePages?: readonly number[];
}

/** Collects text block by block, so that every character has its place. */
export interface DocumentBuilder {
  /** Kind of the block before; null at the beginning of a page. */
  readonly lastKind: () => BlockKind | null;
  /** What follows belongs to a new page. */
  readonly startPage: (label: string | null) => void;
  /** Names the page that is being written. */
  readonly labelPage: (label: string) => void;
  readonly pageNumber: () => number;
  /** Adds a block; text without a visible character adds nothing and gives null. */
  readonly add: (kind: BlockKind, text: string, options?: BlockOptions) => readonly [number, number] | null;
  readonly addHeading: (level: number, text: string, label?: string | null) => void;
  readonly addTable: (table: TableRows) => void;
  /** Takes over another document: its pages become pages here when `asPages`, otherwise parts of this page. */
  readonly append: (document: ParsedDocument, labelOf: (page: ParsedPage) => string) => void;
  readonly finish: (facts: DocumentFacts) => ParsedDocument;
}

/** One line of prose: white space of any kind becomes one space, but lines stay lines. */
export function tidyProse(text: string): string {
  return cleanLines(text)
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(/ ?\n ?/g, "\n")
    .replaceAll(/\n{2,}/g, "\n")
    .trim();
}

/** A cell's text in one line, without the mark that divides cells. */
export function tidyCell(text: string): string {
  return cleanLines(text).replaceAll(/\s+/g, " ").replaceAll("|", "¦").trim();
}

/** Code and the like: only the ends are tidied. */
function tidyCode(text: string): string {
  return cleanLines(text)
    .replace(/^(?:[^\S\n]*\n)+/, "")
    .trimEnd();
}

interface OpenPage {
  readonly start: number;
  label: string | null;
  end: number;
}

interface BuilderState {
  readonly parts: string[];
  readonly blocks: ParsedBlock[];
  readonly headings: ParsedHeading[];
  readonly pages: ParsedPage[];
  length: number;
  open: OpenPage;
}

function closePage(state: BuilderState): void {
  const { start, end, label } = state.open;
  state.pages.push({
    page: state.pages.length + 1,
    start: Math.min(start, end),
    end,
    width: null,
    height: null,
    runs: [],
    label,
    isRecognised: false,
  });
}

function write(state: BuilderState, text: string, gap: string): readonly [number, number] {
  const separator = state.length === 0 ? "" : gap;
  const start = state.length + separator.length;
  state.parts.push(separator, text);
  state.length = start + text.length;
  if (state.length > TEXT_LENGTH_MAX) throw new AppError("document_too_long");
  const isFirstOfPage = state.open.end === state.open.start;
  if (isFirstOfPage) state.open = { ...state.open, start };
  state.open.end = state.length;
  return [start, state.length];
}

function addBlock(state: BuilderState, kind: BlockKind, text: string, options: BlockOptions) {
  const tidy = kind === "code" ? tidyCode(text) : kind === "table" ? text.trim() : tidyProse(text);
  if (!/\S/.test(tidy)) return null;
  const [start, end] = write(state, tidy, options.gap ?? "\n\n");
  const { label = null, header, cells } = options;
  state.blocks.push({
    start,
    end,
    kind,
    label,
    ...(header === undefined ? {} : { header }),
    ...(cells === undefined
      ? {}
      : { cells: cells.map((value, index) => (index % 2 === 0 ? start + value : value)) }),
  });
  return [start, end] as const;
}

function addHeading(state: BuilderState, level: number, text: string, label: string | null): void {
  const title = tidyProse(text).replaceAll("\n", " ");
  const range = addBlock(state, "heading", title, { label });
  if (range === null) return;
  const [start, end] = range;
  const depth = Math.min(Math.max(1, level), 9);
  state.headings.push({
    start,
    end,
    level: depth,
    title: title.slice(0, HEADING_TITLE_MAX).toWellFormed(),
  });
}

function addTable(state: BuilderState, { rows, hasHeader, labelOf }: TableRows): void {
  let header: readonly [number, number] | undefined;
  let gap: "\n" | "\n\n" = "\n\n";
  for (const [index, row] of rows.entries()) {
    const cells = row.map(tidyCell);
    while (cells.length > 1 && cells.at(-1) === "") cells.pop();
    if (cells.every((cell) => cell === "")) continue;
    const range = addBlock(state, "table", cells.join(" | "), {
      label: labelOf(index + 1),
      gap,
      ...(header === undefined ? {} : { header }),
    });
    if (range === null) continue;
    gap = "\n";
    if (index === 0 && hasHeader) header = range;
  }
}

function append(state: BuilderState, document: ParsedDocument, labelOf: (page: ParsedPage) => string): void {
  for (const page of document.pages) {
    if (state.length > 0 || state.pages.length > 0) {
      closePage(state);
      state.open = { start: state.length, end: state.length, label: labelOf(page) };
    } else state.open.label = labelOf(page);
    const text = document.text.slice(page.start, page.end).trimEnd();
    if (text === "") continue;
    const [start] = write(state, text, "\n\n");
    const shift = start - page.start;
    const move = ([from, to]: readonly [number, number]) => [from + shift, to + shift] as const;
    const isHere = (part: { start: number; end: number }) => part.start >= page.start && part.end <= page.end;
    for (const block of document.blocks.filter(isHere)) {
      state.blocks.push({
        ...block,
        start: block.start + shift,
        end: block.end + shift,
        // A head row on a page before is too far away to be named.
        ...(block.header === undefined || block.header[0] < page.start
          ? { header: undefined }
          : { header: move(block.header) }),
        ...(block.cells === undefined
          ? {}
          : { cells: block.cells.map((value, index) => (index % 2 === 0 ? value + shift : value)) }),
      } as ParsedBlock);
    }
    for (const heading of document.headings.filter(isHere)) {
      state.headings.push({ ...heading, start: heading.start + shift, end: heading.end + shift });
    }
  }
}

/** A new, empty document. */
export function createDocumentBuilder(): DocumentBuilder {
  const state: BuilderState = {
    parts: [],
    blocks: [],
    headings: [],
    pages: [],
    length: 0,
    open: { start: 0, end: 0, label: null },
  };
  let isPageOpen = false;
  return {
    lastKind: () => {
      const last = state.blocks.at(-1);
      return last !== undefined && last.end > state.open.start ? last.kind : null;
    },
    pageNumber: () => state.pages.length + 1,
    startPage: (label) => {
      if (isPageOpen || state.length > 0) closePage(state);
      isPageOpen = true;
      state.open = { start: state.length, end: state.length, label };
    },
    labelPage: (label) => {
      state.open.label = label;
    },
    add: (kind, text, options = {}) => addBlock(state, kind, text, options),
    addHeading: (level, text, label = null) => addHeading(state, level, text, label),
    addTable: (table) => addTable(state, table),
    append: (document, labelOf) => append(state, document, labelOf),
    finish: ({ parser, title = null, hasPages = false, unreadablePages = [] }) => {
      closePage(state);
      const named = title === null ? "" : tidyProse(title).replaceAll("\n", " ");
      return {
        parser,
        title: named === "" ? null : named,
        text: state.parts.join(""),
        pages: state.pages,
        hasPages,
        headings: state.headings,
        unreadablePages,
        blocks: state.blocks,
      };
    },
  };
}
