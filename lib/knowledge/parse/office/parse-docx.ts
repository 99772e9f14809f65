import type { ZipArchive } from "../archive/open-zip.ts";
import { createDocumentBuilder, type DocumentBuilder } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";
import { hasHeaderRow } from "../table-header.ts";
import { attribute, childOf, descendantsOf, elementsOf, type XmlElement } from "../xml/parse-xml.ts";
import { readParagraph } from "./docx-paragraph.ts";
import { type DocxStyle, listOf, outlineLevelOf, readDocxStyles } from "./docx-styles.ts";
import { createListCounter, type ListLevel } from "./list-numbers.ts";
import { findPart, mainPart, packageTitle, relationshipsOf } from "./open-package.ts";

const PARSER = "docx/1";

interface DocxReader {
  readonly builder: DocumentBuilder;
  readonly styleOf: (styleId: string | undefined) => DocxStyle;
  readonly counterOf: (numId: string) => ((level: number) => string) | undefined;
  readonly comments: ReadonlyMap<string, XmlElement>;
  readonly pendingComments: { readonly id: string; readonly place: string }[];
  title: string | null;
  paragraphs: number;
  tables: number;
  boxes: number;
}

/** Reads a Word file: paragraphs, headings, lists with their numbers, tables, text boxes, notes, marked comments. */
export function parseDocx(archive: ZipArchive): ParsedDocument {
  const main = mainPart(archive);
  const parts = relationshipsOf(archive, main);
  const find = (type: string) => findPart(archive, parts.find((part) => part.type === type)?.target);
  const comments = find("comments");
  const reader: DocxReader = {
    builder: createDocumentBuilder(),
    styleOf: readDocxStyles(find("styles")),
    counterOf: readNumbering(find("numbering")),
    comments: new Map(
      elementsOf(comments ?? EMPTY, "comment").map((comment) => [attribute(comment, "id") ?? "", comment]),
    ),
    pendingComments: [],
    title: null,
    paragraphs: 0,
    tables: 0,
    boxes: 0,
  };
  const body = childOf(findPart(archive, main) ?? EMPTY, "body");
  for (const element of contentOf(body ?? EMPTY)) readBlock(reader, element);
  addNotes(reader, find("footnotes"), "footnote");
  addNotes(reader, find("endnotes"), "endnote");
  addHeadersAndFooters(reader, archive, parts);
  addComments(reader);
  return reader.builder.finish({ parser: PARSER, title: packageTitle(archive) ?? reader.title });
}

const EMPTY: XmlElement = { name: "", attributes: {}, children: [] };

/** Paragraphs and tables, out of the content controls and change marks that wrap them. */
function contentOf(element: XmlElement): XmlElement[] {
  return elementsOf(element).flatMap((child) => {
    if (child.name === "p" || child.name === "tbl") return [child];
    const isWrapper = [
      "sdt",
      "sdtContent",
      "ins",
      "moveTo",
      "customXml",
      "smartTag",
      "AlternateContent",
      "Choice",
    ];
    return isWrapper.includes(child.name) ? contentOf(child) : [];
  });
}

function readBlock(reader: DocxReader, element: XmlElement, place?: string): void {
  if (element.name === "tbl") readTable(reader, element, place);
  else readText(reader, element, place);
}

function readText(reader: DocxReader, element: XmlElement, place?: string): void {
  const { builder } = reader;
  const properties = childOf(element, "pPr");
  const style = reader.styleOf(attribute(childOf(properties, "pStyle"), "val"));
  const { text, boxes, comments } = readParagraph(element);
  if (/\S/.test(text)) {
    reader.paragraphs += 1;
    const label = place ?? `paragraph ${reader.paragraphs}`;
    for (const id of comments) reader.pendingComments.push({ id, place: label });
    const list = listOf(properties) ?? style.list;
    const marker = list === null ? "" : (reader.counterOf(list.numId)?.(list.level) ?? "");
    const level = outlineLevelOf(properties) ?? style.headingLevel;
    if (style.isTitle) reader.title ??= text;
    if (level !== null || style.isTitle) {
      builder.addHeading(level ?? 1, marker === "-" ? text : `${marker} ${text}`, label);
    } else if (marker !== "") addItem(builder, `${marker} ${text}`, list?.level ?? 0, label);
    else builder.add(style.isCode ? "code" : style.isQuote ? "quote" : "paragraph", text, { label });
  }
  for (const box of boxes) {
    reader.boxes += 1;
    const label = `text box ${reader.boxes}`;
    for (const inner of contentOf(box)) readBlock(reader, inner, label);
  }
}

function addItem(builder: DocumentBuilder, text: string, level: number, label: string): void {
  builder.add("list", text, { label, gap: level > 0 || isInList(builder) ? "\n" : "\n\n" });
}

function isInList(builder: DocumentBuilder): boolean {
  return builder.lastKind() === "list";
}

function readTable(reader: DocxReader, table: XmlElement, place?: string): void {
  const rowElements = contentRows(table);
  const rows = readRows(reader, rowElements);
  if (rows.every((row) => row.length <= 1)) {
    // A frame around text is no table.
    for (const row of rowElements)
      for (const cell of contentCells(row))
        for (const inner of contentOf(cell)) readBlock(reader, inner, place);
    return;
  }
  reader.tables += 1;
  const number = reader.tables;
  const isMarked = rowElements[0] !== undefined && childOf(rowElements[0], "trPr", "tblHeader") !== undefined;
  reader.builder.addTable({
    rows,
    hasHeader: isMarked || hasHeaderRow(rows),
    labelOf: (row) => `${place === undefined ? "" : `${place}, `}table ${number}, row ${row}`,
  });
}

const contentRows = (table: XmlElement) => unwrapped(table, "tr");
const contentCells = (row: XmlElement) => unwrapped(row, "tc");

function unwrapped(element: XmlElement, name: string): XmlElement[] {
  return elementsOf(element).flatMap((child) => {
    if (child.name === name) return [child];
    return ["sdt", "sdtContent", "ins", "customXml"].includes(child.name) ? unwrapped(child, name) : [];
  });
}

/** Cells as text; a cell that is merged with the one above repeats its text, so that each row makes sense by itself. */
function readRows(reader: DocxReader, rowElements: readonly XmlElement[]): string[][] {
  const above = new Map<number, string>();
  return rowElements.map((row) => {
    const cells: string[] = [];
    for (const cell of contentCells(row)) {
      const properties = childOf(cell, "tcPr");
      const merge = childOf(properties, "vMerge");
      const goesOn = merge !== undefined && attribute(merge, "val") !== "restart";
      const text = goesOn ? (above.get(cells.length) ?? "") : cellText(reader, cell);
      above.set(cells.length, text);
      cells.push(text);
      const span = Number(attribute(childOf(properties, "gridSpan"), "val") ?? 1);
      for (let index = 1; index < Math.min(span, 100); index += 1) cells.push("");
    }
    return cells;
  });
}

function cellText(reader: DocxReader, cell: XmlElement): string {
  const parts = contentOf(cell).map((element) => {
    if (element.name === "tbl") {
      return contentRows(element)
        .map((row) =>
          contentCells(row)
            .map((inner) => cellText(reader, inner))
            .join(", "),
        )
        .join("; ");
    }
    const { text, boxes, comments } = readParagraph(element);
    for (const id of comments) reader.pendingComments.push({ id, place: `table ${reader.tables + 1}` });
    const boxed = boxes.map((box) => cellText(reader, box)).join(" ");
    return `${text} ${boxed}`.trim();
  });
  return parts.filter((part) => part !== "").join(" ");
}

function readNumbering(root: XmlElement | null): DocxReader["counterOf"] {
  const abstracts = new Map<string, Map<number, ListLevel>>();
  for (const element of elementsOf(root ?? EMPTY, "abstractNum")) {
    const levels = new Map<number, ListLevel>();
    for (const level of elementsOf(element, "lvl")) {
      levels.set(Number(attribute(level, "ilvl") ?? 0), {
        format: attribute(childOf(level, "numFmt"), "val") ?? "decimal",
        pattern: attribute(childOf(level, "lvlText"), "val") ?? "%1.",
        start: Number(attribute(childOf(level, "start"), "val") ?? 1),
      });
    }
    abstracts.set(attribute(element, "abstractNumId") ?? "", levels);
  }
  const counters = new Map<string, (level: number) => string>();
  for (const element of elementsOf(root ?? EMPTY, "num")) {
    const levels = abstracts.get(attribute(childOf(element, "abstractNumId"), "val") ?? "");
    const id = attribute(element, "numId");
    if (levels !== undefined && id !== undefined)
      counters.set(
        id,
        createListCounter((level) => levels.get(level)),
      );
  }
  return (numId) => counters.get(numId);
}

function addNotes(reader: DocxReader, root: XmlElement | null, name: string): void {
  for (const note of elementsOf(root ?? EMPTY, name)) {
    // Lines that separate notes from text are notes of a type of their own.
    if (attribute(note, "type") !== undefined) continue;
    const label = `${name} ${attribute(note, "id") ?? ""}`;
    for (const element of contentOf(note)) readBlock(reader, element, label);
  }
}

function addHeadersAndFooters(
  reader: DocxReader,
  archive: ZipArchive,
  parts: readonly { readonly type: string; readonly target: string }[],
): void {
  const seen = new Set<string>();
  for (const { type, target } of parts) {
    if (type !== "header" && type !== "footer") continue;
    for (const paragraph of descendantsOf(findPart(archive, target) ?? EMPTY, "p")) {
      const { text } = readParagraph(paragraph);
      const key = text.trim();
      // Page numbers say nothing.
      if (seen.has(key) || !/\p{L}{2}/u.test(key.replaceAll(/\bpage\b|\bof\b/gi, ""))) continue;
      seen.add(key);
      reader.builder.add("paragraph", text, { label: type === "header" ? "page header" : "page footer" });
    }
  }
}

function addComments(reader: DocxReader): void {
  for (const { id, place } of reader.pendingComments) {
    const comment = reader.comments.get(id);
    if (comment === undefined) continue;
    const words = descendantsOf(comment, "p").map((paragraph) => readParagraph(paragraph).text.trim());
    const author = attribute(comment, "author")?.trim() || "somebody";
    const text = words.filter((line) => line !== "").join("\n");
    if (text !== "") {
      reader.builder.add("quote", `Comment by ${author}: ${text}`, { label: `comment on ${place}` });
    }
  }
}
