/** The kinds of file that can be read. */
export type MediaType = "application/pdf" | "text/markdown" | "text/plain";

/** What the first bytes of a file say; `null` when it is nothing that can be read. */
export type SniffedType = MediaType | "mismatch" | null;

/** As many bytes as {@link sniffMediaType} needs. */
export const SNIFF_BYTES = 4096;

const BINARY_STARTS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0x1f, 0x8b],
  [0x7f, 0x45, 0x4c, 0x46],
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0xd0, 0xcf, 0x11, 0xe0],
  [0x4d, 0x5a],
];
const MARKUP = /^\s*(?:<!doctype\s+html|<html|<\?xml|<svg|\{\\rtf)/i;

/** Reads the kind of a file from its first bytes; its name only tells Markdown from plain text. */
export function sniffMediaType(head: Uint8Array, fileName: string): SniffedType {
  const latin1 = Buffer.from(head.subarray(0, SNIFF_BYTES)).toString("latin1");
  if (latin1.slice(0, 1024).includes("%PDF-")) return "application/pdf";
  const isBinary = BINARY_STARTS.some((start) => start.every((byte, index) => head[index] === byte));
  if (isBinary || MARKUP.test(latin1) || !looksLikeText(head))
    return /\.pdf$/i.test(fileName) ? "mismatch" : null;
  if (/\.pdf$/i.test(fileName)) return "mismatch";
  return /\.(?:md|markdown|mdx)$/i.test(fileName) ? "text/markdown" : "text/plain";
}

function looksLikeText(head: Uint8Array): boolean {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16) return true;
  let controls = 0;
  for (const byte of head) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls += 1;
  }
  return controls <= Math.max(2, head.length / 100);
}

/** The bytes of a text file as text: UTF-8, UTF-16 with a byte order mark, otherwise Windows-1252. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
