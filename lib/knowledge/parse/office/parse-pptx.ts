import type { ZipArchive } from "../archive/open-zip.ts";
import { createDocumentBuilder, type DocumentBuilder } from "../document-builder.ts";
import type { PageProgress, ParsedDocument } from "../parsed-document.ts";
import { hasHeaderRow } from "../table-header.ts";
import { attribute, childOf, descendantsOf, elementsOf, textOf, type XmlElement } from "../xml/parse-xml.ts";
import { findPart, mainPart, packageTitle, type Relationship, relationshipsOf } from "./open-package.ts";

const PARSER = "pptx/1";
/** Placeholders whose text is not the slide's own. */
const FURNITURE = new Set(["sldNum", "dt", "hdr", "sldImg"]);

interface Slide {
  readonly archive: ZipArchive;
  readonly builder: DocumentBuilder;
  readonly parts: readonly Relationship[];
  readonly number: number;
  tables: number;
}

/** Reads a presentation: a page for each slide, with its title as heading, lists, tables, charts' words and notes. */
export function parsePptx(archive: ZipArchive, onProgress: PageProgress): ParsedDocument {
  const main = mainPart(archive);
  const root = findPart(archive, main);
  const parts = relationshipsOf(archive, main);
  const ids = elementsOf(childOf(root ?? undefined, "sldIdLst") ?? EMPTY, "sldId");
  const builder = createDocumentBuilder();
  const unreadablePages: number[] = [];
  for (const [index, id] of ids.entries()) {
    const number = index + 1;
    const target = parts.find((part) => part.id === attribute(id, "r:id"))?.target;
    builder.startPage(`Slide ${number}`);
    if (target !== undefined) readSlide(archive, builder, target, number);
    if (builder.lastKind() === null) unreadablePages.push(number);
    onProgress(number, ids.length);
  }
  return builder.finish({ parser: PARSER, title: packageTitle(archive), hasPages: true, unreadablePages });
}

const EMPTY: XmlElement = { name: "", attributes: {}, children: [] };

function readSlide(archive: ZipArchive, builder: DocumentBuilder, target: string, number: number): void {
  const root = findPart(archive, target);
  const parts = relationshipsOf(archive, target);
  const slide: Slide = { archive, builder, parts, number, tables: 0 };
  readShapes(slide, childOf(root ?? undefined, "cSld", "spTree") ?? EMPTY);
  const notes = findPart(archive, parts.find(({ type }) => type === "notesSlide")?.target);
  for (const shape of descendantsOf(notes ?? EMPTY, "sp")) {
    if (placeholderOf(shape) !== "body") continue;
    const text = descendantsOf(shape, "p").map(paragraphText).join("\n");
    if (/\S/.test(text)) builder.add("quote", `Notes: ${text.trim()}`, { label: `slide ${number}, notes` });
  }
  for (const { type, target: commentPart } of parts) {
    if (type === "comments") readComments(slide, findPart(archive, commentPart) ?? EMPTY);
  }
}

function readComments({ builder, number }: Slide, root: XmlElement): void {
  for (const comment of elementsOf(root, "cm")) {
    const text = textOf(childOf(comment, "text") ?? childOf(comment, "txBody")).trim();
    if (text !== "") builder.add("quote", `Comment: ${text}`, { label: `slide ${number}, comment` });
  }
}

function placeholderOf(shape: XmlElement): string | null {
  const placeholder = childOf(shape, "nvSpPr", "nvPr", "ph");
  return placeholder === undefined ? null : (attribute(placeholder, "type") ?? "body");
}

function readShapes(slide: Slide, tree: XmlElement): void {
  for (const shape of elementsOf(tree)) {
    if (shape.name === "sp") readTextShape(slide, shape);
    else if (shape.name === "grpSp") readShapes(slide, shape);
    else if (shape.name === "graphicFrame") readGraphic(slide, shape);
    else if (shape.name === "AlternateContent") {
      readShapes(slide, childOf(shape, "Choice") ?? childOf(shape, "Fallback") ?? EMPTY);
    }
  }
}

function readTextShape({ builder, number }: Slide, shape: XmlElement): void {
  const placeholder = placeholderOf(shape);
  if (placeholder !== null && FURNITURE.has(placeholder)) return;
  const paragraphs = elementsOf(childOf(shape, "txBody") ?? EMPTY, "p");
  const label = `slide ${number}`;
  if (placeholder === "title" || placeholder === "ctrTitle") {
    builder.addHeading(1, paragraphs.map(paragraphText).join(" "), `${label}, title`);
    return;
  }
  const isBody = placeholder === "body" || placeholder === "obj";
  let isFirst = true;
  for (const paragraph of paragraphs) {
    const text = paragraphText(paragraph);
    if (!/\S/.test(text)) continue;
    const properties = childOf(paragraph, "pPr");
    const level = Number(attribute(properties, "lvl") ?? 0);
    const isPlain = childOf(properties, "buNone") !== undefined;
    const isMarked =
      childOf(properties, "buChar") !== undefined || childOf(properties, "buAutoNum") !== undefined;
    const isItem = isMarked || level > 0 || (isBody && !isPlain && paragraphs.length > 1);
    builder.add(isItem ? "list" : "paragraph", isItem ? `- ${text}` : text, {
      label,
      gap: isFirst ? "\n\n" : "\n",
    });
    isFirst = false;
  }
}

function paragraphText(paragraph: XmlElement): string {
  return elementsOf(paragraph)
    .map((child) => {
      if (child.name === "br") return "\n";
      if (child.name === "r" || child.name === "fld") return textOf(childOf(child, "t"));
      if (child.name === "m" || child.name === "AlternateContent")
        return textOf(childOf(child, "Choice") ?? child);
      return "";
    })
    .join("");
}

function readGraphic(slide: Slide, frame: XmlElement): void {
  const data = childOf(frame, "graphic", "graphicData");
  const table = childOf(data, "tbl");
  if (table !== undefined) readTable(slide, table);
  const { archive, builder, number, parts } = slide;
  const partOf = (id: string | undefined) =>
    id === undefined ? null : findPart(archive, parts.find((part) => part.id === id)?.target);
  const chart = partOf(attribute(childOf(data, "chart"), "r:id"));
  if (chart !== null) readChart(slide, chart);
  const diagram = partOf(attribute(childOf(data, "relIds"), "r:dm"));
  let isFirst = true;
  for (const paragraph of descendantsOf(diagram ?? EMPTY, "p")) {
    const added = builder.add("list", paragraphText(paragraph), {
      label: `slide ${number}, diagram`,
      gap: isFirst ? "\n\n" : "\n",
    });
    if (added !== null) isFirst = false;
  }
}

function readTable(slide: Slide, table: XmlElement): void {
  slide.tables += 1;
  const tableNumber = slide.tables;
  const rows = elementsOf(table, "tr").map((row) =>
    elementsOf(row, "tc").map((cell) => descendantsOf(cell, "p").map(paragraphText).join(" ")),
  );
  const isMarked = attribute(childOf(table, "tblPr"), "firstRow") === "1";
  slide.builder.addTable({
    rows,
    hasHeader: isMarked || hasHeaderRow(rows),
    labelOf: (row) => `slide ${slide.number}, table ${tableNumber}, row ${row}`,
  });
}

const cachedPoints = (element: XmlElement | undefined) =>
  descendantsOf(element ?? EMPTY, "pt").map((point) => textOf(childOf(point, "v")));

/** A chart as the table of what it draws. */
function readChart({ builder, number }: Slide, chart: XmlElement): void {
  const title = descendantsOf(childOf(chart, "chart", "title") ?? EMPTY, "t")
    .map(textOf)
    .join("");
  builder.add("paragraph", title, { label: `slide ${number}, chart` });
  const series = descendantsOf(chart, "ser");
  const categories = cachedPoints(childOf(series[0], "cat"));
  if (categories.length === 0 || categories.length > 1000) return;
  const columns = series.map((one) => ({
    name: cachedPoints(childOf(one, "tx")).join(" "),
    values: cachedPoints(childOf(one, "val")),
  }));
  const rows = [
    ["", ...columns.map(({ name }) => name)],
    ...categories.map((category, index) => [category, ...columns.map(({ values }) => values[index] ?? "")]),
  ];
  builder.addTable({ rows, hasHeader: true, labelOf: (row) => `slide ${number}, chart, row ${row}` });
}
