import { AppError } from "../../../shared/errors.ts";
import { resolveEntry, type ZipArchive } from "../archive/open-zip.ts";
import { decodeMarkup } from "../decode-text.ts";
import { createDocumentBuilder } from "../document-builder.ts";
import type { PageProgress, ParsedDocument } from "../parsed-document.ts";
import { attribute, descendantsOf, parseXml, textOf, type XmlElement } from "../xml/parse-xml.ts";
import { addHtmlBlocks, type HtmlNode } from "./html-blocks.ts";
import { openXhtml } from "./parse-html.ts";

const PARSER = "epub/1";
const LABEL_MAX = 120;

/** Reads a book: its chapters in reading order, a page for each. */
export function parseEpub(archive: ZipArchive, onProgress: PageProgress): ParsedDocument {
  const rootFile = attribute(
    descendantsOf(parseXml(archive.readText("META-INF/container.xml")), "rootfile")[0],
    "full-path",
  );
  if (rootFile === undefined) throw new AppError("document_unreadable");
  const book = parseXml(archive.readText(rootFile));
  const chapters = readingOrder(book, rootFile).filter((name) => archive.has(name));
  const names = chapterNames(archive, book, rootFile);
  const builder = createDocumentBuilder();
  for (const [index, name] of chapters.entries()) {
    const named = names.get(name);
    builder.startPage(`Chapter ${named ?? index + 1}`.slice(0, LABEL_MAX).toWellFormed());
    const body = openXhtml(decodeMarkup(archive.read(name))).querySelector(
      "body",
    ) as unknown as HtmlNode | null;
    if (body !== null) addHtmlBlocks(builder, body, `chapter ${index + 1}, `);
    onProgress(index + 1, chapters.length);
  }
  const title = textOf(descendantsOf(book, "title")[0]);
  return builder.finish({ parser: PARSER, title, hasPages: true });
}

/** The names of the chapters' entries by the book's spine. */
function readingOrder(book: XmlElement, rootFile: string): string[] {
  const items = new Map<string, string>();
  for (const item of descendantsOf(book, "item")) {
    const [id, target] = [attribute(item, "id"), attribute(item, "href")];
    const isPage = /html|xml/i.test(attribute(item, "media-type") ?? "");
    if (id !== undefined && target !== undefined && isPage)
      items.set(id, resolveEntry(rootFile, decodePath(target)));
  }
  return descendantsOf(book, "itemref").flatMap((reference) => {
    const name = items.get(attribute(reference, "idref") ?? "");
    return name === undefined ? [] : [name];
  });
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What the table of contents calls the chapters: the navigation page of newer books, the NCX of older ones. */
function chapterNames(archive: ZipArchive, book: XmlElement, rootFile: string): Map<string, string> {
  const names = new Map<string, string>();
  const add = (from: string, target: string | null | undefined, title: string) => {
    const name = resolveEntry(from, decodePath(target ?? ""));
    const tidy = title.replaceAll(/\s+/g, " ").trim();
    if (tidy !== "" && !names.has(name)) names.set(name, tidy);
  };
  for (const item of descendantsOf(book, "item")) {
    const part = resolveEntry(rootFile, decodePath(attribute(item, "href") ?? ""));
    if (!archive.has(part)) continue;
    if (/\bnav\b/.test(attribute(item, "properties") ?? "")) {
      for (const link of openXhtml(decodeMarkup(archive.read(part))).querySelectorAll("nav a[href]")) {
        add(part, link.getAttribute("href"), link.textContent ?? "");
      }
    } else if (attribute(item, "media-type") === "application/x-dtbncx+xml") {
      for (const point of descendantsOf(parseXml(archive.readText(part)), "navPoint")) {
        const target = attribute(descendantsOf(point, "content")[0], "src");
        add(part, target, textOf(descendantsOf(point, "text")[0]));
      }
    }
  }
  return names;
}
