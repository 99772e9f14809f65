import { chunkText } from "../../lib/knowledge/chunk/chunk-text.ts";
import { findPlaceFaults } from "../../lib/knowledge/parse/find-place-faults.ts";
import { recognisePages } from "../../lib/knowledge/parse/ocr/recognise-pages.ts";
import { parseFile } from "../../lib/knowledge/parse/parse-file.ts";
import { AppError } from "../../lib/shared/errors.ts";
import { compareWithPdftotext, type TextComparison } from "./compare-with-pdftotext.ts";

/** What became of one file. */
export interface FormatResult {
  readonly name: string;
  readonly state: "ready" | "failed";
  readonly kind: string;
  readonly pages: number;
  readonly characters: number;
  readonly chunks: number;
  readonly milliseconds: number;
  /** Why it failed, or which pages could not be read. */
  readonly reason: string;
  readonly faults: readonly string[];
  /** For PDFs, where `pdftotext` is installed. */
  readonly comparison: TextComparison | null;
  readonly text: string;
}

/** Reads one file. */
export async function readFormatFile(path: string, name: string): Promise<FormatResult> {
  const startedMs = performance.now();
  const base = { name, pages: 0, characters: 0, chunks: 0, kind: "", faults: [], comparison: null, text: "" };
  try {
    const parsed = await parseFile({ path, fileName: name.split("/").at(-1) ?? name });
    const file = await recognisePages(parsed, { path });
    const milliseconds = performance.now() - startedMs;
    if (file.text === "") throw new AppError("document_without_text");
    const unread =
      file.unreadablePages.length === 0 ? "" : `pages without text: ${file.unreadablePages.join(", ")}`;
    return {
      ...base,
      state: "ready",
      kind: `${file.parser} ${file.mediaType.replace(/^.*[./]/, "")}`,
      pages: file.pages.length,
      characters: file.text.length,
      chunks: chunkText(file).length,
      milliseconds,
      reason: unread,
      faults: findPlaceFaults(file),
      comparison: file.mediaType === "application/pdf" ? compareWithPdftotext(path, file.text) : null,
      text: file.text,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const milliseconds = performance.now() - startedMs;
    return { ...base, state: "failed", milliseconds, reason: `${error.code}: ${error.message}` };
  }
}
