import { AppError } from "../../shared/errors.ts";
import { identifyArchive } from "./archive/identify-archive.ts";
import { openZip, type ZipArchive } from "./archive/open-zip.ts";
import type { PageProgress, ParsedDocument } from "./parsed-document.ts";
import { MEDIA_TYPES, type MediaType, SNIFF_BYTES, sniffMediaType } from "./sniff-media-type.ts";

/** A document with the kind of file it turned out to be. */
export interface ParsedFile extends ParsedDocument {
  readonly mediaType: MediaType;
}

/** What a reader is given. */
interface Source {
  readonly bytes: Uint8Array;
  readonly onProgress: PageProgress;
  /** How many messages this file lies in. */
  readonly depth: number;
  /** Opens a protected PDF; nothing inside of a file is opened with it. */
  readonly password: string | undefined;
}

type Reader = (source: Source) => Promise<ParsedDocument>;
type ArchiveReader = (archive: ZipArchive, onProgress: PageProgress) => Promise<ParsedDocument>;

/** Readers are loaded when a file needs them: a process that reads text must not carry a PDF engine. */
const READERS: Partial<Record<MediaType, Reader>> = {
  [MEDIA_TYPES.pdf]: async ({ bytes, onProgress, password }) =>
    (await import("./pdf/parse-pdf.ts")).parsePdf(bytes, onProgress, password),
  [MEDIA_TYPES.html]: async ({ bytes }) => (await import("./web/parse-html.ts")).parseHtml(bytes),
  [MEDIA_TYPES.xml]: async ({ bytes }) =>
    (await import("./xml/parse-xml-document.ts")).parseXmlDocument(bytes),
  [MEDIA_TYPES.eml]: async ({ bytes, depth }) =>
    (await import("./mail/parse-mail.ts")).parseMail(bytes, (inner, name) =>
      parseBytes(inner, name, () => {}, { depth: depth + 1 }),
    ),
  [MEDIA_TYPES.markdown]: async ({ bytes }) =>
    (await import("./text/parse-markdown.ts")).parseMarkdown(bytes),
  [MEDIA_TYPES.asciidoc]: async ({ bytes }) =>
    (await import("./text/parse-asciidoc.ts")).parseAsciidoc(bytes),
  [MEDIA_TYPES.csv]: async ({ bytes }) => (await import("./data/parse-csv.ts")).parseCsv(bytes),
  [MEDIA_TYPES.vtt]: async ({ bytes }) => (await import("./text/parse-vtt.ts")).parseVtt(bytes),
  [MEDIA_TYPES.json]: async ({ bytes }) => (await import("./data/parse-json.ts")).parseJson(bytes),
  [MEDIA_TYPES.jsonLines]: async ({ bytes }) => (await import("./data/parse-json.ts")).parseJsonLines(bytes),
};

const ARCHIVE_READERS: Partial<Record<MediaType, ArchiveReader>> = {
  [MEDIA_TYPES.docx]: async (archive) => (await import("./office/parse-docx.ts")).parseDocx(archive),
  [MEDIA_TYPES.pptx]: async (archive, onProgress) =>
    (await import("./office/parse-pptx.ts")).parsePptx(archive, onProgress),
  [MEDIA_TYPES.xlsx]: async (archive, onProgress) =>
    (await import("./office/parse-xlsx.ts")).parseXlsx(archive, onProgress),
  [MEDIA_TYPES.odt]: async (archive) =>
    (await import("./office/parse-opendocument.ts")).parseOpenDocument(archive),
  [MEDIA_TYPES.ods]: async (archive) =>
    (await import("./office/parse-opendocument.ts")).parseOpenDocument(archive),
  [MEDIA_TYPES.odp]: async (archive) =>
    (await import("./office/parse-opendocument.ts")).parseOpenDocument(archive),
  [MEDIA_TYPES.epub]: async (archive, onProgress) =>
    (await import("./web/parse-epub.ts")).parseEpub(archive, onProgress),
};

/** Messages in messages that are opened; what lies deeper is only named. */
const DEPTH_MAX = 3;

/**
 * Reads a file of any accepted kind. A PDF of pictures gives no text and lists its pages as unreadable: they may be
 * recognised afterwards.
 *
 * @throws AppError with one of the `document_...` codes.
 */
export async function parseBytes(
  bytes: Uint8Array,
  fileName: string,
  onProgress: PageProgress,
  { depth = 0, password }: Partial<Pick<Source, "depth" | "password">> = {},
): Promise<ParsedFile> {
  if (bytes.byteLength === 0) throw new AppError("document_empty");
  if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
  const { mediaType, archive } = identify(bytes, fileName);
  const parsed =
    archive === null
      ? await readPlain(mediaType, { bytes, onProgress, depth, password })
      : await readArchive(mediaType, archive, onProgress);
  const isPicture = parsed.unreadablePages.length > 0 && mediaType === MEDIA_TYPES.pdf;
  if (!isPicture && !/[\p{L}\p{N}]/u.test(parsed.text)) throw new AppError("document_empty");
  return { ...parsed, mediaType };
}

function identify(bytes: Uint8Array, fileName: string): { mediaType: MediaType; archive: ZipArchive | null } {
  const sniffed = sniffMediaType(bytes.subarray(0, SNIFF_BYTES), fileName);
  if (sniffed === "old") throw new AppError("document_old_format");
  if (sniffed === "locked") throw new AppError("document_encrypted");
  if (sniffed === "mismatch") throw new AppError("document_unreadable");
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  if (isZip && sniffed !== MEDIA_TYPES.pdf) {
    const archive = openZip(bytes);
    return { mediaType: identifyArchive(archive), archive };
  }
  if (sniffed === null) throw new AppError("document_type_unsupported");
  return { mediaType: sniffed, archive: null };
}

async function readPlain(mediaType: MediaType, source: Source): Promise<ParsedDocument> {
  const reader = READERS[mediaType];
  if (reader !== undefined) return reader(source);
  return (await import("./text/parse-text.ts")).parseText(source.bytes);
}

function readArchive(mediaType: MediaType, archive: ZipArchive, onProgress: PageProgress) {
  const reader = ARCHIVE_READERS[mediaType];
  if (reader === undefined) throw new AppError("document_type_unsupported");
  return reader(archive, onProgress);
}
