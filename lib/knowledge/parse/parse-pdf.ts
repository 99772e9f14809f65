import { getDocumentProxy } from "unpdf";
import { AppError } from "../../shared/errors.ts";
import { cleanText } from "./clean-text.ts";
import type { PageProgress, ParsedDocument, ParsedPage } from "./parsed-document.ts";
import { findPdfHeadings, type SizedLine } from "./pdf-headings.ts";
import { buildLines, type PdfTextItem } from "./pdf-lines.ts";
import { buildPageText, pageSeparator } from "./pdf-page-text.ts";

const PARSER = "pdf/1";

/** Titles that programs write by themselves. */
const EMPTY_TITLE =
  /^(?:untitled|no title|title|document\d*|microsoft\s.*|.*\.(?:docx?|pdf|indd|qxd|tex|rtf|xlsx?|pptx?|dvi))$/i;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * Reads the text of a PDF with the place of every run on its page.
 *
 * @throws AppError `document_encrypted`, `document_unreadable` or `document_without_text`.
 */
export async function parsePdf(bytes: Uint8Array, onProgress: PageProgress): Promise<ParsedDocument> {
  const document = await openPdf(bytes);
  try {
    const pages: ParsedPage[] = [];
    const lines: SizedLine[] = [];
    const unreadablePages: number[] = [];
    let text = "";
    for (let number = 1; number <= document.numPages; number += 1) {
      const { items, width, height, transform } = await readPage(document, number);
      const pageLines = buildLines(items, transform);
      const separator = pages.length === 0 ? "" : pageSeparator(text, pageLines[0]?.pieces[0]?.text ?? "");
      const start = text.length + (text === "" ? 0 : separator.length);
      const built = buildPageText(pageLines, start);
      if (/[\p{L}\p{N}]/u.test(built.text)) text += (text === "" ? "" : separator) + built.text;
      else unreadablePages.push(number);
      const end = Math.max(Math.min(start, text.length), text.length);
      pages.push({
        page: number,
        start: Math.min(start, text.length),
        end,
        width,
        height,
        runs: unreadablePages.at(-1) === number ? [] : built.runs,
      });
      if (unreadablePages.at(-1) !== number) lines.push(...built.lines);
      onProgress(number, document.numPages);
    }
    if (text === "") throw new AppError("document_without_text", { context: { pages: document.numPages } });
    const headings = findPdfHeadings(text, lines);
    const title =
      (await metadataTitle(document)) ?? headings.find((heading) => heading.level === 1)?.title ?? null;
    return { parser: PARSER, title, text, pages, hasPages: true, headings, unreadablePages };
  } finally {
    await document.loadingTask.destroy();
  }
}

async function openPdf(bytes: Uint8Array): Promise<PdfDocument> {
  try {
    return await getDocumentProxy(bytes, {
      disableFontFace: true,
      useSystemFonts: false,
      verbosity: 0,
    });
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "";
    throw new AppError(name === "PasswordException" ? "document_encrypted" : "document_unreadable", {
      cause,
    });
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
