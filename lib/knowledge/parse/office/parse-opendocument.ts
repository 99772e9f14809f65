import { AppError } from "../../../shared/errors.ts";
import type { ZipArchive } from "../archive/open-zip.ts";
import { createDocumentBuilder, type DocumentBuilder } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";
import { hasHeaderRow } from "../table-header.ts";
import {
  attribute,
  childOf,
  descendantsOf,
  elementsOf,
  parseXml,
  textOf,
  type XmlElement,
} from "../xml/parse-xml.ts";
import { addSheetRows, type SheetRow } from "./sheet-rows.ts";

const PARSER = "opendocument/1";
/** Repeats that fill the rest of a sheet are not meant. */
const REPEATS_MAX = 1_000;
const EMPTY: XmlElement = { name: "", attributes: {}, children: [] };

interface OpenDocumentReader {
  readonly builder: DocumentBuilder;
  /** What notes, text boxes and comments put after the paragraph they hang on. */
  readonly asides: { readonly element: XmlElement; readonly label: string }[];
  /** Prefix of the places on a slide. */
  page: string;
  paragraphs: number;
  tables: number;
}

/** Reads an OpenDocument text, spreadsheet (a page for each sheet) or presentation (a page for each slide). */
export function parseOpenDocument(archive: ZipArchive): ParsedDocument {
  const root = parseXml(archive.readText("content.xml"));
  const body = childOf(root, "body");
  const builder = createDocumentBuilder();
  const reader: OpenDocumentReader = { builder, asides: [], page: "", paragraphs: 0, tables: 0 };
  const text = childOf(body, "text");
  const sheets = childOf(body, "spreadsheet");
  const slides = childOf(body, "presentation") ?? childOf(body, "drawing");
  if (text !== undefined) readBlocks(reader, text);
  else if (sheets !== undefined) readSheets(builder, sheets);
  else if (slides !== undefined) readSlides(reader, slides);
  else throw new AppError("document_unreadable");
  const title = titleOf(archive);
  return builder.finish({ parser: PARSER, title, hasPages: text === undefined });
}

function titleOf(archive: ZipArchive): string | null {
  const source = archive.findText("meta.xml");
  const title = source === null ? "" : textOf(descendantsOf(parseXml(source), "title")[0]);
  return title.trim() === "" ? null : title;
}

/** Text of a paragraph; what hangs on it is set aside. */
function inlineText(reader: OpenDocumentReader, element: XmlElement): string {
  return element.children
    .map((child) => {
      if (typeof child === "string") return child.replaceAll(/\s+/g, " ");
      switch (child.name) {
        case "s":
          return " ".repeat(Math.min(100, Number(attribute(child, "c") ?? 1)));
        case "tab":
          return "\t";
        case "line-break":
          return "\n";
        case "note":
          reader.asides.push({
            element: childOf(child, "note-body") ?? EMPTY,
            label: attribute(child, "note-class") ?? "note",
          });
          return "";
        case "annotation":
          reader.asides.push({ element: child, label: "comment" });
          return "";
        case "text-box":
          reader.asides.push({ element: child, label: "text box" });
          return "";
        case "tracked-changes":
        case "title":
        case "desc":
          return "";
        default:
          return inlineText(reader, child);
      }
    })
    .join("");
}

function readBlocks(reader: OpenDocumentReader, parent: XmlElement, place?: string): void {
  for (const element of elementsOf(parent)) {
    if (element.name === "h" || element.name === "p") readParagraph(reader, element, place);
    else if (element.name === "list") readList(reader, element, 0, place);
    else if (element.name === "table") readTable(reader, element, place);
    else if (
      ["section", "frame", "text-box", "g", "custom-shape", "index-body", "table-of-content"].includes(
        element.name,
      )
    ) {
      readBlocks(reader, element, place);
    }
  }
}

function readParagraph(reader: OpenDocumentReader, element: XmlElement, place?: string): void {
  const { builder } = reader;
  const text = inlineText(reader, element);
  if (/\S/.test(text)) {
    reader.paragraphs += 1;
    const label = place ?? `${reader.page}paragraph ${reader.paragraphs}`;
    const level = Number(attribute(element, "outline-level") ?? 1);
    if (element.name === "h") builder.addHeading(level, text, label);
    else builder.add("paragraph", text, { label });
  }
  for (const aside of reader.asides.splice(0)) readAside(reader, aside);
}

function readAside(
  reader: OpenDocumentReader,
  { element, label }: OpenDocumentReader["asides"][number],
): void {
  if (label !== "comment") {
    readBlocks(reader, element, label);
    return;
  }
  const author = textOf(childOf(element, "creator")).trim() || "somebody";
  const words = descendantsOf(element, "p").map(textOf).join("\n");
  reader.builder.add("quote", `Comment by ${author}: ${words}`, { label: "comment" });
}

function readList(reader: OpenDocumentReader, list: XmlElement, depth: number, place?: string): void {
  for (const item of elementsOf(list)) {
    if (item.name !== "list-item" && item.name !== "list-header") continue;
    let isFirst = true;
    for (const part of elementsOf(item)) {
      if (part.name === "list") readList(reader, part, depth + 1, place);
      else if (part.name === "h") readParagraph(reader, part, place);
      else if (part.name === "p") {
        const text = inlineText(reader, part);
        if (/\S/.test(text)) {
          reader.paragraphs += 1;
          const gap = reader.builder.lastKind() === "list" ? "\n" : "\n\n";
          const label = place ?? `${reader.page}paragraph ${reader.paragraphs}`;
          reader.builder.add("list", isFirst ? `- ${text}` : text, { label, gap });
          isFirst = false;
        }
        for (const aside of reader.asides.splice(0)) readAside(reader, aside);
      }
    }
  }
}

function rowsOf(table: XmlElement): XmlElement[] {
  return elementsOf(table).flatMap((child) => {
    if (child.name === "table-row") return [child];
    return ["table-rows", "table-header-rows", "table-row-group"].includes(child.name) ? rowsOf(child) : [];
  });
}

/** Cells of a row with their columns, from 1; repeated cells count. */
function cellsOf(row: XmlElement): { column: number; element: XmlElement }[] {
  const cells: { column: number; element: XmlElement }[] = [];
  let column = 1;
  for (const element of elementsOf(row)) {
    if (element.name !== "table-cell" && element.name !== "covered-table-cell") continue;
    const repeats = Number(attribute(element, "number-columns-repeated") ?? 1);
    const isEmpty = !/\S/.test(textOf(element));
    const shown = isEmpty ? 0 : Math.min(repeats, REPEATS_MAX);
    for (let index = 0; index < shown; index += 1) cells.push({ column: column + index, element });
    column += repeats;
  }
  return cells;
}

function cellText(reader: OpenDocumentReader, cell: XmlElement): string {
  const text = elementsOf(cell)
    .map((part) => {
      if (part.name !== "list" && part.name !== "table") return inlineText(reader, part);
      return [...descendantsOf(part, "p"), ...descendantsOf(part, "h")]
        .map((text) => inlineText(reader, text))
        .join(" ");
    })
    .join(" ");
  const asides = reader.asides.splice(0).map(({ element }) => textOf(element));
  return [text, ...asides].join(" ").trim();
}

function readTable(reader: OpenDocumentReader, table: XmlElement, place?: string): void {
  reader.tables += 1;
  const number = reader.tables;
  const rows = rowsOf(table).map((row) => {
    const texts: string[] = [];
    for (const { column, element } of cellsOf(row)) {
      while (texts.length < Math.min(column, REPEATS_MAX) - 1) texts.push("");
      texts.push(cellText(reader, element));
    }
    return texts;
  });
  const isMarked = childOf(table, "table-header-rows") !== undefined;
  reader.builder.addTable({
    rows,
    hasHeader: isMarked || hasHeaderRow(rows),
    labelOf: (row) => `${place === undefined ? reader.page : `${place}, `}table ${number}, row ${row}`,
  });
}

function readSheets(builder: DocumentBuilder, root: XmlElement): void {
  for (const table of elementsOf(root, "table")) {
    const name = attribute(table, "name") ?? "";
    builder.startPage(`Sheet ${name}`);
    builder.addHeading(1, name, name);
    addSheetRows(builder, name, sheetRows(table));
  }
}

function* sheetRows(table: XmlElement): Generator<SheetRow> {
  let number = 1;
  for (const row of rowsOf(table)) {
    const repeats = Number(attribute(row, "number-rows-repeated") ?? 1);
    const cells = cellsOf(row).map(({ column, element }) => ({
      column,
      text: elementsOf(element, "p").map(textOf).join(" "),
      isNumber: !["string", undefined].includes(attribute(element, "value-type")),
    }));
    for (let index = 0; index < (cells.length === 0 ? 0 : Math.min(repeats, REPEATS_MAX)); index += 1) {
      yield { number: number + index, cells };
    }
    number += repeats;
  }
}

function readSlides(reader: OpenDocumentReader, root: XmlElement): void {
  for (const [index, slide] of elementsOf(root, "page").entries()) {
    reader.builder.startPage(`Slide ${index + 1}`);
    reader.page = `slide ${index + 1}, `;
    for (const frame of elementsOf(slide)) {
      if (frame.name === "notes") {
        for (const box of descendantsOf(frame, "text-box"))
          readBlocks(reader, box, `slide ${index + 1}, notes`);
      } else if (attribute(frame, "class") === "title") {
        reader.builder.addHeading(
          1,
          descendantsOf(frame, "p").map(textOf).join(" "),
          `slide ${index + 1}, title`,
        );
      } else readBlocks(reader, { ...EMPTY, children: [frame] });
    }
  }
}
