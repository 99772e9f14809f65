import { AppError } from "../../../shared/errors.ts";
import type { ZipArchive } from "../archive/open-zip.ts";
import { createDocumentBuilder, type DocumentBuilder } from "../document-builder.ts";
import type { PageProgress, ParsedDocument } from "../parsed-document.ts";
import { attribute, childOf, descendantsOf, elementsOf, textOf, type XmlElement } from "../xml/parse-xml.ts";
import { attributeOf, xmlEvents } from "../xml/xml-events.ts";
import { formatCell, formatCode } from "./cell-format.ts";
import { findPart, mainPart, packageTitle, relationshipsOf } from "./open-package.ts";
import { addSheetRows, columnNumber, type SheetRow } from "./sheet-rows.ts";

const PARSER = "xlsx/1";
const CELLS_MAX = 3_000_000;

interface Workbook {
  readonly sharedStrings: readonly string[];
  readonly formatOf: (style: number) => string;
  readonly is1904: boolean;
  cells: number;
}

/** Reads a workbook: a page for each sheet, rows with the names of their columns, values as the cells show them. */
export function parseXlsx(archive: ZipArchive, onProgress: PageProgress): ParsedDocument {
  const main = mainPart(archive);
  const root = findPart(archive, main);
  const parts = relationshipsOf(archive, main);
  const partOf = (type: string) => parts.find((part) => part.type === type)?.target;
  const date1904 = attribute(childOf(root ?? undefined, "workbookPr"), "date1904");
  const workbook: Workbook = {
    sharedStrings: readSharedStrings(archive.findText(partOf("sharedStrings") ?? "")),
    formatOf: readFormats(findPart(archive, partOf("styles"))),
    is1904: date1904 === "1" || date1904 === "true",
    cells: 0,
  };
  const builder = createDocumentBuilder();
  const sheets = elementsOf(childOf(root ?? undefined, "sheets") ?? EMPTY, "sheet");
  for (const [index, sheet] of sheets.entries()) {
    const name = attribute(sheet, "name") ?? `${index + 1}`;
    const target = parts.find((part) => part.id === attribute(sheet, "r:id"))?.target;
    builder.startPage(`Sheet ${name}`);
    const source = target === undefined ? null : archive.findText(target);
    if (target !== undefined && source !== null) {
      builder.addHeading(1, name, `${name}`);
      addSheetRows(builder, name, readRows(source, workbook));
      addComments(archive, builder, target, name);
    }
    onProgress(index + 1, sheets.length);
  }
  return builder.finish({ parser: PARSER, title: packageTitle(archive), hasPages: true });
}

const EMPTY: XmlElement = { name: "", attributes: {}, children: [] };

/** The strings that cells refer to by number; readings beside Chinese characters are left out. */
function readSharedStrings(source: string | null): string[] {
  const strings: string[] = [];
  let text = "";
  let isText = false;
  let isReading = false;
  for (const event of xmlEvents(source ?? "")) {
    if (event.type === "text") {
      if (isText && !isReading) text += event.text;
    } else if (event.name === "t") isText = event.type === "open";
    else if (event.name === "rPh") isReading = event.type === "open";
    else if (event.name === "si") {
      if (event.type === "open") text = "";
      if (event.type === "close") strings.push(text);
    }
  }
  return strings;
}

function readFormats(styles: XmlElement | null): (style: number) => string {
  const own = new Map<number, string>();
  for (const format of elementsOf(childOf(styles ?? undefined, "numFmts") ?? EMPTY, "numFmt")) {
    own.set(Number(attribute(format, "numFmtId")), attribute(format, "formatCode") ?? "General");
  }
  const cellFormats = elementsOf(childOf(styles ?? undefined, "cellXfs") ?? EMPTY, "xf").map((format) =>
    formatCode(Number(attribute(format, "numFmtId") ?? 0), own),
  );
  return (style) => cellFormats[style] ?? "General";
}

/** Rows with cells that show something. */
function* readRows(source: string, workbook: Workbook): Generator<SheetRow> {
  let row: SheetRow = { number: 0, cells: [] };
  let cell: { column: number; type: string; style: number } | null = null;
  let value = "";
  let isValue = false;
  let rowNumber = 0;
  for (const event of xmlEvents(source)) {
    if (event.type === "text") {
      if (isValue) value += event.text;
    } else if (event.name === "row") {
      if (event.type === "open") {
        rowNumber = Number(attributeOf(event.attributes, "r") ?? rowNumber + 1);
        row = { number: rowNumber, cells: [] };
      }
      if (event.type === "close" && row.cells.length > 0) yield row;
    } else if (event.name === "c") {
      if (event.type === "open") {
        const column =
          columnNumber(attributeOf(event.attributes, "r") ?? "") || (row.cells.at(-1)?.column ?? 0) + 1;
        const type = attributeOf(event.attributes, "t") ?? "n";
        cell = { column, type, style: Number(attributeOf(event.attributes, "s") ?? 0) };
        value = "";
      } else if (cell !== null) {
        const text = showCell(value, cell, workbook);
        if (/\S/.test(text)) row.cells.push({ column: cell.column, text, isNumber: cell.type === "n" });
        cell = null;
      }
    } else if (event.name === "v" || event.name === "t") isValue = event.type === "open";
    else if (event.name === "rPh") isValue = false;
  }
}

function showCell(value: string, cell: { type: string; style: number }, workbook: Workbook): string {
  workbook.cells += 1;
  if (workbook.cells > CELLS_MAX) throw new AppError("document_too_long");
  switch (cell.type) {
    case "s":
      return workbook.sharedStrings[Number(value)] ?? "";
    case "b":
      return value === "1" ? "TRUE" : "FALSE";
    case "str":
    case "inlineStr":
    case "e":
    case "d":
      return value;
    default: {
      const number = Number(value);
      if (value === "" || Number.isNaN(number)) return value;
      return formatCell(number, workbook.formatOf(cell.style), workbook.is1904);
    }
  }
}

function addComments(archive: ZipArchive, builder: DocumentBuilder, sheetPart: string, name: string): void {
  const parts = relationshipsOf(archive, sheetPart);
  const threaded = parts.find(({ type }) => type === "threadedComment");
  const plain = parts.find(({ type }) => type === "comments");
  const root = findPart(archive, (threaded ?? plain)?.target);
  if (root === null) return;
  const authors = descendantsOf(root, "author").map(textOf);
  for (const comment of [...descendantsOf(root, "comment"), ...descendantsOf(root, "threadedComment")]) {
    const text = textOf(childOf(comment, "text")).trim();
    if (text === "") continue;
    const place = attribute(comment, "ref") ?? "";
    const author = authors[Number(attribute(comment, "authorId") ?? Number.NaN)]?.trim();
    const by = author === undefined || author === "" || text.startsWith(author) ? "" : ` by ${author}`;
    builder.add("quote", `Comment on ${place}${by}: ${text}`, { label: `${name}!${place}, comment` });
  }
}
