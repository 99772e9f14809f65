import { AppError } from "../../../shared/errors.ts";
import type { DocumentBuilder } from "../document-builder.ts";
import { hasHeaderRow } from "../table-header.ts";

/** What is used of a node of a parsed page. */
export interface HtmlNode {
  readonly nodeType: number;
  readonly textContent: string | null;
  readonly childNodes: Iterable<HtmlNode>;
}
export interface HtmlElement extends HtmlNode {
  readonly localName: string;
  getAttribute(name: string): string | null;
}

const ELEMENT = 1;
const TEXT = 3;
const DEPTH_MAX = 400;

/** Never shown, or not text. */
const SKIPPED = new Set(
  "script style noscript template head title meta link svg canvas object embed iframe audio video map datalist annotation annotation-xml rp".split(
    " ",
  ),
);
const BLOCKS = new Set(
  (
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 " +
    "h4 h5 h6 header hgroup hr html li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul caption legend optgroup option select"
  ).split(" "),
);

/** Where the walk through a page is. */
interface Walk {
  readonly builder: DocumentBuilder;
  /** Put before the name of every place: the chapter of a book. */
  readonly prefix: string;
  inline: string;
  paragraphs: number;
  tables: number;
}

const isElement = (node: HtmlNode): node is HtmlElement => node.nodeType === ELEMENT;

function isHidden(element: HtmlElement): boolean {
  if (SKIPPED.has(element.localName) || element.getAttribute("hidden") !== null) return true;
  const style = element.getAttribute("style");
  if (style !== null && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style)) return true;
  // The small numbers of footnotes, which would be taken for citations.
  return element.localName === "sup" && /^\s*\[\w{1,6}\]\s*$/.test(element.textContent ?? "");
}

function nextLabel(walk: Walk): string {
  walk.paragraphs += 1;
  return `${walk.prefix}paragraph ${walk.paragraphs}`;
}

/** Ends the run of inline text, which becomes a paragraph. */
function flush(walk: Walk): void {
  const text = walk.inline;
  walk.inline = "";
  if (/\S/.test(text)) walk.builder.add("paragraph", text, { label: nextLabel(walk) });
}

/** All text below a node in reading order; blocks and line breaks divide words. */
export function inlineText(node: HtmlNode, depth = 0): string {
  if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
  if (node.nodeType === TEXT) return (node.textContent ?? "").replaceAll(/\s+/g, " ");
  if (!isElement(node) || isHidden(node)) return "";
  if (node.localName === "br") return "\n";
  let text = "";
  for (const child of node.childNodes) text += inlineText(child, depth + 1);
  return BLOCKS.has(node.localName) ? ` ${text} ` : text;
}

/** Text of code as it stands. */
function rawText(node: HtmlNode): string {
  if (node.nodeType === TEXT) return node.textContent ?? "";
  if (isElement(node) && node.localName === "br") return "\n";
  let text = "";
  for (const child of node.childNodes) text += rawText(child);
  return text;
}

function holdsBlocks(element: HtmlElement): boolean {
  for (const child of element.childNodes) {
    if (isElement(child) && !isHidden(child) && (BLOCKS.has(child.localName) || holdsBlocks(child)))
      return true;
  }
  return false;
}

function walkNode(walk: Walk, node: HtmlNode, depth: number): void {
  if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
  if (node.nodeType === TEXT) {
    walk.inline += (node.textContent ?? "").replaceAll(/\s+/g, " ");
    return;
  }
  if (!isElement(node) || isHidden(node)) return;
  const name = node.localName;
  if (name === "br") walk.inline += "\n";
  else if (!BLOCKS.has(name)) {
    if (holdsBlocks(node)) walkChildren(walk, node, depth);
    else walk.inline += inlineText(node, depth);
  } else {
    flush(walk);
    walkBlock(walk, node, depth);
    flush(walk);
  }
}

function walkChildren(walk: Walk, element: HtmlElement, depth: number): void {
  for (const child of element.childNodes) walkNode(walk, child, depth + 1);
}

function walkBlock(walk: Walk, element: HtmlElement, depth: number): void {
  const { builder } = walk;
  const level = /^h([1-6])$/.exec(element.localName)?.[1];
  if (level !== undefined) builder.addHeading(Number(level), inlineText(element), nextLabel(walk));
  else if (element.localName === "ul" || element.localName === "ol" || element.localName === "menu") {
    walkList(walk, element, depth, 0);
  } else if (element.localName === "dl") walkDefinitions(walk, element, depth);
  else if (element.localName === "table") walkTable(walk, element, depth);
  else if (element.localName === "pre") builder.add("code", rawText(element), { label: nextLabel(walk) });
  else if (element.localName === "blockquote" && !holdsBlocks(element)) {
    builder.add("quote", inlineText(element), { label: nextLabel(walk) });
  } else walkChildren(walk, element, depth);
}

function addItem(walk: Walk, text: string): void {
  if (!/\S/.test(text)) return;
  const gap = walk.builder.lastKind() === "list" ? "\n" : "\n\n";
  walk.builder.add("list", text, { label: nextLabel(walk), gap });
}

/** Items come with their mark; what is nested follows its item. */
function walkList(walk: Walk, list: HtmlElement, depth: number, level: number): void {
  if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
  let number = Number(list.getAttribute("start") ?? 1) || 1;
  for (const item of list.childNodes) {
    if (!isElement(item)) {
      if (/\S/.test(item.textContent ?? "")) addItem(walk, inlineText(item));
      continue;
    }
    if (isHidden(item)) continue;
    if (item.localName !== "li") {
      if (item.localName === "ul" || item.localName === "ol") walkList(walk, item, depth + 1, level + 1);
      else walkNode(walk, item, depth + 1);
      flush(walk);
      continue;
    }
    const mark = list.localName === "ol" ? `${number}.` : "-";
    number += 1;
    let own = "";
    const writeOwn = () => {
      if (/\S/.test(own)) addItem(walk, own.startsWith(mark) ? own : `${mark} ${own.trim()}`);
      own = "";
    };
    for (const child of item.childNodes) {
      const isStructure =
        isElement(child) && !isHidden(child) && /^(?:ul|ol|dl|table|pre)$/.test(child.localName);
      const isRich = isElement(child) && !isHidden(child) && holdsBlocks(child);
      if (!isStructure && !isRich) own += inlineText(child, depth);
      else {
        writeOwn();
        if (isElement(child) && /^(?:ul|ol)$/.test(child.localName))
          walkList(walk, child, depth + 1, level + 1);
        else walkNode(walk, child, depth + 1);
        flush(walk);
      }
    }
    writeOwn();
  }
}

function walkDefinitions(walk: Walk, list: HtmlElement, depth: number): void {
  let term = "";
  for (const child of list.childNodes) {
    if (!isElement(child) || isHidden(child)) continue;
    if (child.localName === "div") walkDefinitions(walk, child, depth + 1);
    else if (child.localName === "dt") {
      addItem(walk, term);
      term = inlineText(child).trim();
    } else if (child.localName === "dd" && !holdsBlocks(child)) {
      addItem(walk, term === "" ? inlineText(child) : `${term}: ${inlineText(child).trim()}`);
      term = "";
    } else {
      addItem(walk, term);
      term = "";
      walkNode(walk, child, depth + 1);
      flush(walk);
    }
  }
  addItem(walk, term);
}

function rowsOf(table: HtmlElement): HtmlElement[] {
  const rows: HtmlElement[] = [];
  for (const child of table.childNodes) {
    if (!isElement(child) || isHidden(child)) continue;
    if (child.localName === "tr") rows.push(child);
    else if (/^(?:tbody|thead|tfoot)$/.test(child.localName)) rows.push(...rowsOf(child));
  }
  return rows;
}

const cellsOf = (row: HtmlElement) =>
  [...row.childNodes].filter(
    (cell): cell is HtmlElement => isElement(cell) && /^t[dh]$/.test(cell.localName),
  );

/** A table around parts of a page: cells hold headings, lists or tables of their own, or there is one column. */
function isLayout(rows: readonly HtmlElement[]): boolean {
  if (rows.every((row) => cellsOf(row).length <= 1)) return true;
  const hasHeads = rows.some((row) => cellsOf(row).some((cell) => cell.localName === "th"));
  const holdsParts = (node: HtmlNode): boolean =>
    [...node.childNodes].some(
      (child) => isElement(child) && (/^(?:table|h[1-6])$/.test(child.localName) || holdsParts(child)),
    );
  return !hasHeads && rows.some((row) => cellsOf(row).some(holdsParts));
}

function walkTable(walk: Walk, table: HtmlElement, depth: number): void {
  const rowElements = rowsOf(table);
  for (const child of table.childNodes) {
    if (isElement(child) && child.localName === "caption") {
      walk.builder.add("paragraph", inlineText(child), { label: nextLabel(walk) });
    }
  }
  if (isLayout(rowElements)) {
    for (const row of rowElements)
      for (const cell of cellsOf(row)) {
        walkChildren(walk, cell, depth + 2);
        flush(walk);
      }
    return;
  }
  walk.tables += 1;
  const number = walk.tables;
  const rows = readRows(rowElements);
  const isMarked = cellsOf(rowElements[0] as HtmlElement).every((cell) => cell.localName === "th");
  walk.builder.addTable({
    rows,
    hasHeader: isMarked || hasHeaderRow(rows),
    labelOf: (row) => `${walk.prefix}table ${number}, row ${row}`,
  });
}

/** Cells as text; one that reaches over several rows is repeated in each, so that a row makes sense by itself. */
function readRows(rowElements: readonly HtmlElement[]): string[][] {
  const open = new Map<number, { text: string; rows: number }>();
  return rowElements.map((row) => {
    const cells: string[] = [];
    const takeOpen = () => {
      for (
        let held = open.get(cells.length);
        held !== undefined && held.rows > 0;
        held = open.get(cells.length)
      ) {
        held.rows -= 1;
        cells.push(held.text);
      }
    };
    for (const cell of cellsOf(row)) {
      takeOpen();
      const text = inlineText(cell);
      const rowSpan = Math.min(1000, Number(cell.getAttribute("rowspan") ?? 1) || 1);
      const columnSpan = Math.min(100, Number(cell.getAttribute("colspan") ?? 1) || 1);
      for (let index = 0; index < columnSpan; index += 1) {
        const own = index === 0 ? text : "";
        if (rowSpan > 1) open.set(cells.length, { text: own, rows: rowSpan - 1 });
        cells.push(own);
      }
    }
    takeOpen();
    return cells;
  });
}

/** Writes what a page shows, block by block. */
export function addHtmlBlocks(builder: DocumentBuilder, root: HtmlNode, prefix = ""): void {
  const walk: Walk = { builder, prefix, inline: "", paragraphs: 0, tables: 0 };
  for (const child of root.childNodes) walkNode(walk, child, 0);
  flush(walk);
}
