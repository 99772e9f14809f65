/** The kinds of file that can be read. */
export const MEDIA_TYPES = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  odp: "application/vnd.oasis.opendocument.presentation",
  epub: "application/epub+zip",
  html: "text/html",
  xml: "application/xml",
  eml: "message/rfc822",
  markdown: "text/markdown",
  asciidoc: "text/asciidoc",
  csv: "text/csv",
  vtt: "text/vtt",
  json: "application/json",
  jsonLines: "application/x-ndjson",
  text: "text/plain",
} as const;

/** The media type of a kind that can be read. */
export type MediaType = (typeof MEDIA_TYPES)[keyof typeof MEDIA_TYPES];

/**
 * What the bytes of a file say: `mismatch` when its name promises a PDF or an office file and it is none, `old` for
 * office files of before 2007, `locked` for office files behind a password; null when it is nothing that can be read.
 */
export type SniffedType = MediaType | "mismatch" | "old" | "locked" | null;

/** As many bytes as {@link sniffMediaType} needs for a first answer. */
export const SNIFF_BYTES = 4096;

const ZIP_START = [0x50, 0x4b, 0x03, 0x04];
const COMPOUND_START = [0xd0, 0xcf, 0x11, 0xe0];
const BINARY_STARTS = [
  [0x1f, 0x8b],
  [0x7f, 0x45, 0x4c, 0x46],
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
  [0x47, 0x49, 0x46, 0x38],
  [0x4d, 0x5a],
];
/** Kinds that are ZIP archives, by the ending of their name. */
const ZIPPED: Readonly<Record<string, MediaType>> = {
  docx: MEDIA_TYPES.docx,
  docm: MEDIA_TYPES.docx,
  dotx: MEDIA_TYPES.docx,
  pptx: MEDIA_TYPES.pptx,
  pptm: MEDIA_TYPES.pptx,
  ppsx: MEDIA_TYPES.pptx,
  xlsx: MEDIA_TYPES.xlsx,
  xlsm: MEDIA_TYPES.xlsx,
  odt: MEDIA_TYPES.odt,
  ods: MEDIA_TYPES.ods,
  odp: MEDIA_TYPES.odp,
  epub: MEDIA_TYPES.epub,
};
const OFFICE_FOLDERS: Readonly<Record<string, MediaType>> = {
  word: MEDIA_TYPES.docx,
  ppt: MEDIA_TYPES.pptx,
  xl: MEDIA_TYPES.xlsx,
};
/** Kinds of text that only the name tells from plain text. */
const NAMED: Readonly<Record<string, MediaType>> = {
  md: MEDIA_TYPES.markdown,
  markdown: MEDIA_TYPES.markdown,
  mdx: MEDIA_TYPES.markdown,
  adoc: MEDIA_TYPES.asciidoc,
  asciidoc: MEDIA_TYPES.asciidoc,
  csv: MEDIA_TYPES.csv,
  tsv: MEDIA_TYPES.csv,
  json: MEDIA_TYPES.json,
  jsonl: MEDIA_TYPES.jsonLines,
  ndjson: MEDIA_TYPES.jsonLines,
  eml: MEDIA_TYPES.eml,
  htm: MEDIA_TYPES.html,
  html: MEDIA_TYPES.html,
  xhtml: MEDIA_TYPES.html,
  xml: MEDIA_TYPES.xml,
  nxml: MEDIA_TYPES.xml,
};
const HTML_START = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)*(?:<!doctype\s+html|<html)[\s>]/i;
const XML_START = /^\s*<\?xml\s/;
const UNREADABLE_MARKUP = /^\s*(?:\{\\rtf|(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+svg[^>]*>\s*)?<svg[\s>])/i;
const VTT_START = /^WEBVTT(?:[ \t\r\n]|$)/;

const extensionOf = (fileName: string) => /\.([a-z0-9]{1,9})$/i.exec(fileName)?.[1]?.toLowerCase() ?? "";
const startsWith = (head: Uint8Array, start: readonly number[]) =>
  start.every((byte, index) => head[index] === byte);

/**
 * Reads the kind of a file from its first bytes. Its name decides only between kinds of text, and between kinds of
 * archive until the whole file is there to look into (`identifyArchive`).
 */
export function sniffMediaType(head: Uint8Array, fileName: string): SniffedType {
  const latin1 = Buffer.from(head.subarray(0, SNIFF_BYTES)).toString("latin1");
  const extension = extensionOf(fileName);
  if (latin1.slice(0, 1024).includes("%PDF-")) return MEDIA_TYPES.pdf;
  if (startsWith(head, ZIP_START)) return sniffZip(latin1, extension);
  if (startsWith(head, COMPOUND_START)) return extension in ZIPPED ? "locked" : "old";
  const isBinary = BINARY_STARTS.some((start) => startsWith(head, start));
  const isPromised = extension === "pdf" || extension in ZIPPED;
  if (isBinary || !looksLikeText(head)) return isPromised ? "mismatch" : null;
  if (isPromised) return "mismatch";
  return sniffText(latin1.replace(/^\xef\xbb\xbf/, ""), extension);
}

/** `[Content_Types].xml` or `mimetype` come first in files that office programs write, so the head tells mostly. */
function sniffZip(latin1: string, extension: string): SniffedType {
  const declared = /mimetype(application\/[\w.+-]+)/.exec(latin1.slice(30, 200))?.[1]?.replace(/PK$/, "");
  const known = Object.values(ZIPPED).find((type) => type === declared);
  if (known !== undefined) return known;
  // Each entry begins with PK, 28 bytes of figures and its name.
  const folder = /PK[\s\S]{28}(word|ppt|xl)\//.exec(latin1)?.[1];
  if (folder !== undefined) return OFFICE_FOLDERS[folder] ?? null;
  return ZIPPED[extension] ?? (extension === "pdf" ? "mismatch" : null);
}

function sniffText(latin1: string, extension: string): SniffedType {
  if (UNREADABLE_MARKUP.test(latin1)) return null;
  const named = NAMED[extension];
  // What is written about markup stays what its name says.
  if (named === MEDIA_TYPES.markdown || named === MEDIA_TYPES.asciidoc || named === MEDIA_TYPES.csv)
    return named;
  if (HTML_START.test(latin1)) return MEDIA_TYPES.html;
  if (XML_START.test(latin1)) return named === MEDIA_TYPES.html ? MEDIA_TYPES.html : MEDIA_TYPES.xml;
  if (VTT_START.test(latin1)) return MEDIA_TYPES.vtt;
  return named ?? MEDIA_TYPES.text;
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
