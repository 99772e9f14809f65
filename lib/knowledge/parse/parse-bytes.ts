import { AppError } from "../../shared/errors.ts";
import { parseMarkdown } from "./parse-markdown.ts";
import { parsePdf } from "./parse-pdf.ts";
import { parseText } from "./parse-text.ts";
import type { PageProgress, ParsedDocument } from "./parsed-document.ts";
import { type MediaType, SNIFF_BYTES, sniffMediaType } from "./sniff-media-type.ts";

/** A document with the kind of file it turned out to be. */
export interface ParsedFile extends ParsedDocument {
  readonly mediaType: MediaType;
}

/**
 * Reads a file of any accepted kind.
 *
 * @throws AppError with one of the `document_...` codes.
 */
export async function parseBytes(
  bytes: Uint8Array,
  fileName: string,
  onProgress: PageProgress,
): Promise<ParsedFile> {
  if (bytes.byteLength === 0) throw new AppError("document_empty");
  const mediaType = sniffMediaType(bytes.subarray(0, SNIFF_BYTES), fileName);
  if (mediaType === null) throw new AppError("document_type_unsupported");
  if (mediaType === "mismatch") throw new AppError("document_unreadable");
  const parsed =
    mediaType === "application/pdf"
      ? await parsePdf(bytes, onProgress)
      : mediaType === "text/markdown"
        ? parseMarkdown(bytes)
        : parseText(bytes);
  if (!/[\p{L}\p{N}]/u.test(parsed.text)) throw new AppError("document_empty");
  return { ...parsed, mediaType };
}
