import { getDocumentProxy } from "unpdf";
import { AppError } from "../../../shared/errors.ts";
import { cleanText } from "../clean-text.ts";
import { TEXT_LENGTH_MAX } from "../document-builder.ts";
import type { PageProgress, ParsedDocument, ParsedPage } from "../parsed-document.ts";
import { pdfBlocks } from "./pdf-blocks.ts";
import { findPdfHeadings, type SizedLine } from "./pdf-headings.ts";
import { buildLines } from "./pdf-lines.ts";
import { buildPageText, pageSeparator } from "./pdf-page-text.ts";
import type { PdfTextItem } from "./place-text.ts";

const PARSER = "pdf/2";
/** Pages of a file; more is a mistake or an attack. */
const PAGES_MAX = 20_000;

/** Titles that programs write by themselves. */
const EMPTY_TITLE =
  /^(?:untitled|no title|title|document\d*|microsoft\s.*|.*\.(?:docx?|pdf|indd|qxd|tex|rtf|xlsx?|pptx?|dvi))$/i;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * Reads the text of a PDF with the place of every run on its page. Pages that are pictures are listed, with no text.
 *
 * @param password of a protected file; a user's or the owner's, both open it.
 * @throws AppError `document_encrypted`, `document_password_wrong`, `document_unreadable`, `document_too_complex` or `document_too_long`.
 */
export async function parsePdf(
  bytes: Uint8Array,
  onProgress: PageProgress,
  password?: string,
): Promise<ParsedDocument> {
  const document = await openPdf(bytes, password);
  try {
    if (document.numPages > PAGES_MAX) throw new AppError("document_too_complex");
    const { text, pages, lines, unreadablePages } = await readPages(document, onProgress);
    const headings = findPdfHeadings(text, lines);
    const title =
      (await metadataTitle(document)) ?? headings.find((heading) => heading.level === 1)?.title ?? null;
    const blocks = pdfBlocks(text, headings, pages);
    return { parser: PARSER, title, text, pages, hasPages: true, headings, unreadablePages, blocks };
  } finally {
    await document.loadingTask.destroy();
  }
}

async function readPages(document: PdfDocument, onProgress: PageProgress) {
  const pages: ParsedPage[] = [];
  const lines: SizedLine[] = [];
  const unreadablePages: number[] = [];
  let text = "";
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items, width, height, transform } = await readPage(document, number);
    const pageLines = buildLines(items, transform);
    const separator = text === "" ? "" : pageSeparator(text, pageLines[0]?.pieces[0]?.text ?? "");
    const built = buildPageText(pageLines, text.length + separator.length);
    const isReadable = /[\p{L}\p{N}]/u.test(built.text);
    const start = text.length + (isReadable ? separator.length : 0);
    if (isReadable) {
      text += separator + built.text;
      lines.push(...built.lines);
    } else unreadablePages.push(number);
    if (text.length > TEXT_LENGTH_MAX) throw new AppError("document_too_long");
    const runs = isReadable ? built.runs : [];
    pages.push({
      page: number,
      start,
      end: text.length,
      width,
      height,
      runs,
      label: null,
      isRecognised: false,
    });
    onProgress(number, document.numPages);
  }
  return { text, pages, lines, unreadablePages };
}

async function openPdf(bytes: Uint8Array, password: string | undefined): Promise<PdfDocument> {
  try {
    return await getDocumentProxy(bytes, {
      ...(password === undefined ? {} : { password }),
      disableFontFace: true,
      useSystemFonts: false,
      verbosity: 0,
    });
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    if (name !== "PasswordException") throw new AppError("document_unreadable", { cause });
    throw new AppError(password === undefined ? "document_encrypted" : "document_password_wrong", { cause });
  }
}

async function readPage(document: PdfDocument, number: number) {
  try {
    const page = await document.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const content = await page.getTextContent();
    page.cleanup();
    return {
      items: content.items.filter((item) => "str" in item) as PdfTextItem[],
      width: viewport.width,
      height: viewport.height,
      transform: viewport.transform as number[],
    };
  } catch (cause) {
    throw new AppError("document_unreadable", { cause, context: { page: number } });
  }
}

async function metadataTitle(document: PdfDocument): Promise<string | null> {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }));
  const raw: unknown = "Title" in info ? info.Title : undefined;
  if (typeof raw !== "string") return null;
  const title = cleanText(raw).replaceAll(/\s+/g, " ").trim();
  return title.length >= 3 && title.length <= 200 && /\p{L}/u.test(title) && !EMPTY_TITLE.test(title)
    ? title
    : null;
}
