import { AppError } from "../../shared/errors.ts";
import { MEDIA_TYPES, type MediaType, sniffMediaType } from "./sniff-media-type.ts";

/**
 * The kind of a file whose first bytes have arrived, as far as they tell. A file that is not what its name promises
 * is taken in as a PDF: reading it will say that it is damaged.
 *
 * @throws AppError `document_type_unsupported`, `document_old_format` or `document_encrypted`.
 */
export function acceptMediaType(head: Uint8Array, fileName: string): MediaType {
  const sniffed = sniffMediaType(head, fileName);
  if (sniffed === null) throw new AppError("document_type_unsupported");
  if (sniffed === "old") throw new AppError("document_old_format");
  if (sniffed === "locked") throw new AppError("document_encrypted");
  return sniffed === "mismatch" ? MEDIA_TYPES.pdf : sniffed;
}
