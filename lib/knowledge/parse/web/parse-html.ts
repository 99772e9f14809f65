import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { AppError } from "../../../shared/errors.ts";
import { decodeMarkup } from "../decode-text.ts";
import { createDocumentBuilder } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";
import { addHtmlBlocks, type HtmlNode, inlineText } from "./html-blocks.ts";

const PARSER = "html/1";
/** A page with less text has nothing to be dug out of. */
const READABLE_FROM = 1_500;
/** Readability may leave out at most this share of the words outside menus; otherwise the whole body is taken. */
const LEFT_OUT_MAX = 0.35;
const ELEMENTS_MAX = 300_000;
/** What stands around a page's content on every page of its site. */
const AROUND =
  "nav, [role=navigation], [role=banner], [role=search], [role=contentinfo], [aria-hidden=true], button, input, textarea";

interface HtmlPage {
  readonly body: HtmlNode | null;
  readonly title: string;
}

const EMPTY_TAG =
  /<((?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)[a-z][\w:-]*)([^<>]{0,2000})\/>/gi;

/** XHTML may close an empty element in its own tag, which in HTML would leave it open. */
export function openXhtml(source: string): Document {
  return openHtml(source.replaceAll(EMPTY_TAG, "<$1$2></$1>"));
}

/** Counted before anything is built of it: a small file of nothing but tags would make millions of nodes. */
function assertElementCount(source: string): void {
  let count = 0;
  for (const _ of source.matchAll(/<[a-z]/gi)) {
    count += 1;
    if (count > ELEMENTS_MAX) throw new AppError("document_too_complex");
  }
}

/** A page as a tree; scripts are never run and nothing is loaded. */
export function openHtml(source: string): Document {
  assertElementCount(source);
  const isWhole = /<(?:html|body)[\s>]/i.test(source);
  return parseHTML(isWhole ? source : `<!doctype html><html><body>${source}</body></html>`)
    .document as unknown as Document;
}

function withoutSurroundings(source: string): HtmlPage {
  const document = openHtml(source);
  for (const element of document.querySelectorAll(AROUND)) element.remove();
  const title = document.querySelector("title")?.textContent ?? "";
  return { body: document.querySelector("body") as unknown as HtmlNode | null, title };
}

const lengthOf = (node: HtmlNode | null) =>
  node === null
    ? 0
    : [...node.childNodes]
        .map((child) => inlineText(child))
        .join(" ")
        .replaceAll(/\s+/g, " ").length;

/** The article of a page without what stands around it; null when that would leave out too much. */
function findArticle(source: string, wholeLength: number): HtmlNode | null {
  if (wholeLength < READABLE_FROM) return null;
  const article = new Readability(openHtml(source), {
    charThreshold: 200,
    maxElemsToParse: ELEMENTS_MAX,
  }).parse();
  if (typeof article?.content !== "string") return null;
  const body = openHtml(article.content).querySelector("body") as unknown as HtmlNode | null;
  return lengthOf(body) >= wholeLength * (1 - LEFT_OUT_MAX) ? body : null;
}

/** Reads a page: its article when that is nearly all there is, otherwise the whole body without menus. */
export function parseHtml(bytes: Uint8Array): ParsedDocument {
  const source = decodeMarkup(bytes);
  const { body, title } = withoutSurroundings(source);
  const article = findArticle(source, lengthOf(body));
  const builder = createDocumentBuilder();
  if (article ?? body) addHtmlBlocks(builder, (article ?? body) as HtmlNode);
  return builder.finish({ parser: PARSER, title });
}
