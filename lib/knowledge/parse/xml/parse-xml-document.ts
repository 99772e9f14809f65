import { decodeMarkup } from "../decode-text.ts";
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
} from "./parse-xml.ts";

const PARSER = "xml/1";
/** Of an article (JATS): data about data, and what repeats the text in another form. */
const SKIPPED = new Set(
  "journal-meta article-id article-categories counts custom-meta-group permissions pub-date history xref-list tex-math annotation object-id".split(
    " ",
  ),
);
const TABLE_PARTS = new Set(["table", "tgroup"]);

interface Walk {
  readonly builder: DocumentBuilder;
  paragraphs: number;
  tables: number;
}

/** Reads an XML file: an article in JATS by its sections, tables and references, anything else element by element. */
export function parseXmlDocument(bytes: Uint8Array): ParsedDocument {
  const root = parseXml(decodeMarkup(bytes));
  const builder = createDocumentBuilder();
  const walk: Walk = { builder, paragraphs: 0, tables: 0 };
  const isArticle = root.name === "article" && childOf(root, "front") !== undefined;
  if (!isArticle) {
    addElement(walk, root, [root.name]);
    return builder.finish({ parser: PARSER });
  }
  const title = tidyText(descendantsOf(root, "article-title")[0]);
  addFront(walk, childOf(root, "front", "article-meta"));
  for (const name of ["body", "back", "floats-group"]) addSection(walk, childOf(root, name), 1);
  return builder.finish({ parser: PARSER, title });
}

function tidyText(element: XmlElement | undefined): string {
  return element === undefined ? "" : inline(element).replaceAll(/\s+/g, " ").trim();
}

/** Text of an element without formulas in second form; neighbouring parts that only markup divides stay divided. */
function inline(element: XmlElement): string {
  return element.children
    .map((child) => {
      if (typeof child === "string") return child;
      if (SKIPPED.has(child.name)) return "";
      if (child.name === "break") return "\n";
      return isBlock(child.name) ? ` ${inline(child)} ` : inline(child);
    })
    .join("");
}

const isBlock = (name: string) =>
  /^(?:p|title|label|list-item|td|th|name|surname|given-names|year|source|fpage)$/.test(name);

function addText(walk: Walk, kind: "paragraph" | "list", text: string, gap: "\n" | "\n\n" = "\n\n"): void {
  walk.paragraphs += 1;
  walk.builder.add(kind, text, { label: `paragraph ${walk.paragraphs}`, gap });
}

function addFront(walk: Walk, meta: XmlElement | undefined): void {
  if (meta === undefined) return;
  walk.builder.addHeading(1, tidyText(descendantsOf(meta, "article-title")[0]), "title");
  const authors = descendantsOf(meta, "contrib").map((person) => {
    const name = descendantsOf(person, "name")[0];
    return name === undefined
      ? ""
      : `${tidyText(childOf(name, "given-names"))} ${tidyText(childOf(name, "surname"))}`.trim();
  });
  walk.builder.add("paragraph", authors.filter((name) => name !== "").join(", "), { label: "authors" });
  const date = descendantsOf(meta, "pub-date")[0];
  const parts = ["year", "month", "day"].map((name) => textOf(childOf(date, name)).trim().padStart(2, "0"));
  walk.builder.add(
    "paragraph",
    parts[0] === "00" ? "" : `Published: ${parts.filter((part) => part !== "00").join("-")}`,
    {
      label: "date",
    },
  );
  for (const abstract of elementsOf(meta, "abstract")) {
    walk.builder.addHeading(2, tidyText(childOf(abstract, "title")) || "Abstract", "abstract");
    addContents(walk, abstract, 3);
  }
  const words = descendantsOf(meta, "kwd").map(tidyText).join(", ");
  if (words !== "") walk.builder.add("paragraph", `Keywords: ${words}`, { label: "keywords" });
}

function addSection(walk: Walk, section: XmlElement | undefined, level: number): void {
  if (section === undefined) return;
  const label = tidyText(childOf(section, "label"));
  const title = tidyText(childOf(section, "title"));
  walk.builder.addHeading(level, `${label} ${title}`.trim(), `section ${title}`.trim());
  addContents(walk, section, level + 1);
}

function addContents(walk: Walk, parent: XmlElement, level: number): void {
  for (const element of elementsOf(parent)) {
    if (SKIPPED.has(element.name) || element.name === "title" || element.name === "label") continue;
    switch (element.name) {
      case "sec":
      case "app":
      case "ack":
      case "ref-list":
      case "fn-group":
      case "glossary":
        addSection(walk, element, level);
        break;
      case "p":
        addParagraph(walk, element, level);
        break;
      case "list-item":
      case "ref":
      case "fn":
      case "def-item":
        addText(walk, "list", `- ${tidyText(element)}`, walk.builder.lastKind() === "list" ? "\n" : "\n\n");
        break;
      case "fig":
      case "table-wrap":
      case "boxed-text":
        addFloat(walk, element, level);
        break;
      case "table":
        addTable(walk, element);
        break;
      case "preformat":
      case "code":
        walk.builder.add("code", textOf(element), { label: "code" });
        break;
      default:
        if (hasContents(element)) addContents(walk, element, level);
        else addText(walk, "paragraph", tidyText(element));
    }
  }
}

const CONTENTS = /^(?:p|sec|list|fig|table-wrap|table|ref|fn|disp-quote|boxed-text|list-item|ref-list|app)$/;
const hasContents = (element: XmlElement): boolean =>
  elementsOf(element).some(
    ({ name, children }) => CONTENTS.test(name) || hasContents({ name, attributes: {}, children }),
  );

/** A paragraph; lists, figures and tables inside it follow it. */
function addParagraph(walk: Walk, element: XmlElement, level: number): void {
  const isFloat = (child: XmlElement | string) =>
    typeof child !== "string" && /^(?:list|fig|table-wrap|disp-quote|boxed-text|fig-group)$/.test(child.name);
  addText(
    walk,
    "paragraph",
    tidyText({ ...element, children: element.children.filter((child) => !isFloat(child)) }),
  );
  addContents(walk, { ...element, children: element.children.filter(isFloat) }, level);
}

function addFloat(walk: Walk, element: XmlElement, level: number): void {
  const caption = childOf(element, "caption");
  const words = [tidyText(childOf(element, "label")), tidyText(caption)]
    .filter((part) => part !== "")
    .join(" ");
  addText(walk, "paragraph", words);
  const rest = element.children.filter((child) => typeof child === "string" || child.name !== "caption");
  addContents(walk, { ...element, children: rest }, level);
}

function addTable(walk: Walk, table: XmlElement): void {
  walk.tables += 1;
  const number = walk.tables;
  const rows = descendantsOf(table, "tr").map((row) =>
    elementsOf(row).flatMap((cell) => {
      const span = Math.min(50, Number(attribute(cell, "colspan") ?? 1) || 1);
      return [tidyText(cell), ...Array.from({ length: span - 1 }, () => "")];
    }),
  );
  const hasHeader = childOf(table, "thead") !== undefined || hasHeaderRow(rows);
  walk.builder.addTable({ rows, hasHeader, labelOf: (row) => `table ${number}, row ${row}` });
}

/** Any other XML: an element with words of its own becomes a paragraph, named by its path. */
function addElement(walk: Walk, element: XmlElement, path: readonly string[]): void {
  const children = elementsOf(element);
  const ownWords = element.children.some((child) => typeof child === "string" && /\S/.test(child));
  if (ownWords || children.length === 0) {
    walk.builder.add("paragraph", textOf(element), { label: path.slice(-3).join("/") });
    return;
  }
  if (children.some(({ name }) => TABLE_PARTS.has(name))) walk.tables += 1;
  for (const child of children) addElement(walk, child, [...path, child.name]);
}
