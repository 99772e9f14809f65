import { AppError } from "../../../shared/errors.ts";
import { MEDIA_TYPES, type MediaType } from "../sniff-media-type.ts";
import type { ZipArchive } from "./open-zip.ts";

/** Main parts of office files, by the ending of their content type. */
const MAIN_PARTS: readonly (readonly [RegExp, MediaType])[] = [
  [/wordprocessingml\.(?:document|template)\.main\+xml|ms-word\.\w+\.macroEnabled/i, MEDIA_TYPES.docx],
  [
    /presentationml\.(?:presentation|slideshow|template)\.main\+xml|ms-powerpoint\.\w+\.macroEnabled/i,
    MEDIA_TYPES.pptx,
  ],
  [/spreadsheetml\.(?:sheet|template)\.main\+xml|ms-excel\.\w+\.macroEnabled/i, MEDIA_TYPES.xlsx],
];
const OPEN_TYPES: readonly MediaType[] = [
  MEDIA_TYPES.odt,
  MEDIA_TYPES.ods,
  MEDIA_TYPES.odp,
  MEDIA_TYPES.epub,
];

/**
 * What an archive holds, by its own list of contents.
 *
 * @throws AppError `document_encrypted`; `document_type_unsupported` for any other archive.
 */
export function identifyArchive(archive: ZipArchive): MediaType {
  const declared = archive
    .findText("mimetype")
    ?.trim()
    .replace(/-template$/, "");
  const open = OPEN_TYPES.find((type) => type === declared);
  if (open !== undefined) {
    if (isEncrypted(archive, open)) throw new AppError("document_encrypted");
    return open;
  }
  const types = archive.findText("[Content_Types].xml") ?? "";
  const found = MAIN_PARTS.find(([pattern]) => pattern.test(types));
  if (found !== undefined) return found[1];
  if (archive.has("META-INF/container.xml")) return MEDIA_TYPES.epub;
  throw new AppError("document_type_unsupported");
}

function isEncrypted(archive: ZipArchive, type: MediaType): boolean {
  if (type !== MEDIA_TYPES.epub) {
    return /encryption-data/.test(archive.findText("META-INF/manifest.xml") ?? "");
  }
  // Disguised fonts are common and harmless; anything else that is encrypted is the text.
  const encrypted = [
    ...(archive.findText("META-INF/encryption.xml") ?? "").matchAll(/CipherReference[^>]*URI="([^"]*)"/g),
  ];
  return encrypted.some(([, uri]) => /\.x?html?$|\.xml$/i.test(uri ?? ""));
}
