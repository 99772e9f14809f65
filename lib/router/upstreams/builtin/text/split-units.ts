import { splitSentences } from "../../../../shared/sentences.ts";
import {
  continues,
  endsSentence,
  findMargin,
  isHeadingLine,
  isTitleLike,
  type Line,
  readLines,
} from "./join-lines.ts";

/** One quotable piece of a source: a sentence, a list item, a table row, a labelled field, or a heading. */
export interface TextUnit {
  /** Verbatim, except that white space is collapsed and a leading bullet or heading mark left out. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: "sentence" | "item" | "row" | "field" | "heading" | "code";
  /** The first row of a table, which names its columns. */
  readonly isHeader: boolean;
  /** `1.` or the like for an ordered list item, otherwise empty. */
  readonly number: string;
  /** Units of one paragraph, list item or row share a block. */
  readonly block: number;
  /** Headings above the unit, outermost first. */
  readonly headings: readonly string[];
}

const fieldMaxWords = 16;

/** One space for every run of white space, none at the ends. */
export function collapseWhitespace(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A stack of headings; one found without a mark counts as deeper than any marked one. */
class HeadingPath {
  #path: { level: number; text: string }[] = [];

  add(level: number, text: string): void {
    this.#path = [...this.#path.filter((entry) => entry.level < level), { level, text }];
  }

  get texts(): string[] {
    return this.#path.map((entry) => entry.text);
  }
}

const unmarkedLevel = 7;

class UnitBuilder {
  readonly units: TextUnit[] = [];
  readonly #text: string;
  readonly #headings = new HeadingPath();
  #block = 0;

  constructor(text: string, outerHeadings: readonly string[]) {
    this.#text = text;
    for (const [level, heading] of outerHeadings.entries())
      this.#headings.add(level - outerHeadings.length, heading);
  }

  /** The text of these lines, without the lead of the first. */
  slice(first: Line, last: Line): string {
    return this.#text.slice(first.start + first.lead, last.end);
  }

  nextBlock(): void {
    this.#block++;
  }

  heading(line: Line): void {
    const words = line.text.slice(line.lead).replace(/\s+#*\s*$/, "");
    const text = collapseWhitespace(words);
    const start = line.start + line.lead;
    this.#push({ text, start, end: start + words.length, kind: "heading", number: "" });
    this.#headings.add(line.level === 0 ? unmarkedLevel : line.level, text);
    this.#block++;
  }

  whole(first: Line, last: Line, kind: TextUnit["kind"], isHeader = false): void {
    const start = first.start + first.lead;
    this.#push({
      text: collapseWhitespace(this.#text.slice(start, last.end)),
      start,
      end: last.end,
      kind,
      number: first.number,
      isHeader,
    });
  }

  sentences(first: Line, last: Line, kind: TextUnit["kind"]): void {
    const from = first.start + first.lead;
    const ranges = splitSentences(this.#text.slice(from, last.end));
    for (const [index, range] of ranges.entries()) {
      const start = from + range.start;
      const end = from + range.end;
      const text = collapseWhitespace(this.#text.slice(start, end));
      // Only the first sentence of a list item is the item; what follows explains it.
      const ownKind = index === 0 ? kind : "sentence";
      this.#push({ text, start, end, kind: ownKind, number: index === 0 ? first.number : "" });
    }
  }

  #push(unit: Omit<TextUnit, "block" | "headings" | "isHeader"> & { isHeader?: boolean }): void {
    if (unit.text === "") return;
    this.units.push({ isHeader: false, ...unit, block: this.#block, headings: this.#headings.texts });
  }
}

/** A row over a rule, or the first of several between pipes or gaps when it holds no figure and the next one does. */
function isHeaderRow(lines: readonly Line[], at: number): boolean {
  const next = lines[at + 1];
  if (lines[at - 1]?.kind === "row" || lines[at - 1]?.kind === "rule") return false;
  if (next?.kind === "rule") return true;
  return next?.kind === "row" && !/\d/.test(lines[at]?.text ?? "") && /\d/.test(next.text);
}

/** A table row set with wide gaps: cells that end in a colon take the next cell as their value. */
function pushRow(builder: UnitBuilder, line: Line, isHeader: boolean): void {
  const cells = [...line.text.matchAll(/\S+(?: {1,2}\S+)*/g)].map((match) => ({
    start: line.start + match.index,
    end: line.start + match.index + match[0].length,
    text: match[0],
  }));
  const isPiped = line.text.includes("|");
  const labels = cells.filter((cell) => cell.text.endsWith(":")).length;
  if (isPiped || labels === 0) {
    const lead = /^[\s|]*/.exec(line.text)?.[0].length ?? 0;
    const trail = /[\s|]*$/.exec(line.text)?.[0].length ?? 0;
    if (lead < line.text.length)
      builder.whole({ ...line, lead }, { ...line, end: line.end - trail }, "row", isHeader);
    return;
  }
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    const value = cells[index + 1];
    if (cell === undefined) continue;
    const isLabel = cell.text.endsWith(":") && value !== undefined && !value.text.endsWith(":");
    const last = isLabel && value !== undefined ? value : cell;
    builder.whole({ ...line, start: cell.start, lead: 0 }, { ...line, end: last.end }, "field");
    builder.nextBlock();
    if (isLabel) index++;
  }
}

/**
 * Cuts a source text into units that can stand in an answer: paragraphs into sentences (also over wrapped lines and
 * page breaks), lists into items, tables into rows, forms into labelled fields. Headings are told apart by their mark
 * or by their shape, and never run into the sentence below them. `outerHeadings` stand above the text, outermost first.
 */
export function splitUnits(text: string, outerHeadings: readonly string[] = []): TextUnit[] {
  const lines = readLines(text);
  const margin = findMargin(lines);
  const builder = new UnitBuilder(text, outerHeadings);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) continue;
    if (line.kind === "heading") builder.heading(line);
    else if (line.kind === "row") {
      pushRow(builder, line, isHeaderRow(lines, index));
      // Rows of one table share a block, so that a row finds its header.
      if (lines[index + 1]?.kind === "row" || lines[index + 1]?.kind === "rule") continue;
    } else if (line.kind === "rule" && lines[index + 1]?.kind === "row") continue;
    else if (line.kind === "code") builder.whole(line, line, "code");
    else if (line.kind === "prose" || line.kind === "item" || line.kind === "field") {
      index = pushParagraph(builder, lines, index, margin);
      continue;
    }
    builder.nextBlock();
  }
  return builder.units;
}

/** A labelled line is a form field only while it is short; "Note: ..." with a sentence behind it is prose. */
function paragraphKind(first: Line, last: Line, text: string): TextUnit["kind"] {
  if (first.kind !== "field") return first.kind === "item" ? "item" : "sentence";
  const isShort = text.split(/\s+/).length <= fieldMaxWords && !/[.!?]\s*$/.test(text);
  return first === last && isShort ? "field" : "sentence";
}

/** Takes the paragraph that starts at `from`; returns the index of its last line. */
function pushParagraph(builder: UnitBuilder, lines: readonly Line[], from: number, margin: number): number {
  const first = lines[from];
  if (first === undefined) return from;
  let end = from;
  for (;;) {
    const current = lines[end];
    if (current === undefined) break;
    let next = end + 1;
    // A page number between two halves of a sentence is skipped, but only when the sentence is open.
    while (!endsSentence(current.text) && lines[next]?.kind === "furniture") next++;
    if (!continues(current, lines[next], margin)) break;
    end = next;
  }
  const last = lines[end] ?? first;
  const isTitle = end === from && first.kind === "prose" && isTitleLike(first.text);
  if (isTitle && isHeadingLine(lines, from)) builder.heading(first);
  else if (isTitle) builder.whole(first, first, "row");
  else builder.sentences(first, last, paragraphKind(first, last, builder.slice(first, last)));
  builder.nextBlock();
  return end;
}
