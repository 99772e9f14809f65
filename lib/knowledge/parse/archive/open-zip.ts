import { inflateRawSync } from "node:zlib";
import { AppError } from "../../../shared/errors.ts";
import { decodeText } from "../decode-text.ts";

/**
 * Reader of ZIP archives that come from strangers. Names are only ever compared, never used as paths; an entry is
 * unpacked when it is asked for, up to the size that it declares, within limits for each and for all together.
 */
export interface ZipArchive {
  readonly names: readonly string[];
  readonly has: (name: string) => boolean;
  /** @throws AppError `document_unreadable` when missing or damaged, `document_too_complex` beyond the limits. */
  readonly read: (name: string) => Uint8Array;
  readonly readText: (name: string) => string;
  /** {@link readText}, or null when there is no such entry. */
  readonly findText: (name: string) => string | null;
}

/** What an archive may cost. */
export interface ZipLimits {
  readonly entriesMax: number;
  readonly entryBytesMax: number;
  /** Of all entries that are read. */
  readonly totalBytesMax: number;
}

export const ZIP_LIMITS: ZipLimits = {
  entriesMax: 20_000,
  entryBytesMax: 100_000_000,
  totalBytesMax: 200_000_000,
};

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly headerAt: number;
}

const END_MARK = 0x06054b50;
const ENTRY_MARK = 0x02014b50;
const LOCAL_MARK = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const COMMENT_BYTES_MAX = 65_535;

const damaged = () => new AppError("document_unreadable");
const tooComplex = () => new AppError("document_too_complex");

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = view.byteLength - END_BYTES; at >= lowest; at -= 1) {
    if (view.getUint32(at, true) === END_MARK) return at;
  }
  throw damaged();
}

function readDirectory(bytes: Uint8Array, view: DataView, limits: ZipLimits): Map<string, ZipEntry> {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count > limits.entriesMax) throw tooComplex();
  const entries = new Map<string, ZipEntry>();
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== ENTRY_MARK) throw damaged();
    const nameBytes = view.getUint16(at + 28, true);
    const name = decodeText(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes)).replaceAll(
      "\\",
      "/",
    );
    const entry: ZipEntry = {
      name,
      method: view.getUint16(at + 10, true),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      packedBytes: view.getUint32(at + 20, true),
      unpackedBytes: view.getUint32(at + 24, true),
      headerAt: view.getUint32(at + 42, true),
    };
    // The first of two entries of one name counts, as in the office programs.
    if (!entries.has(name)) entries.set(name, entry);
    at += ENTRY_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function unpack(bytes: Uint8Array, view: DataView, entry: ZipEntry): Uint8Array {
  const { headerAt, packedBytes, unpackedBytes, method } = entry;
  if (headerAt + LOCAL_BYTES > view.byteLength || view.getUint32(headerAt, true) !== LOCAL_MARK)
    throw damaged();
  const start =
    headerAt + LOCAL_BYTES + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  const packed = bytes.subarray(start, start + packedBytes);
  if (packed.byteLength < packedBytes) throw damaged();
  if (method === 0) return packed;
  if (method !== 8) throw damaged();
  try {
    // One byte more than declared is refused: who lies about the size has a reason.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
  } catch (cause) {
    const isTooLong = cause instanceof RangeError;
    throw new AppError(isTooLong ? "document_too_complex" : "document_unreadable", { cause });
  }
}

/**
 * Opens an archive by its directory.
 *
 * @throws AppError `document_unreadable`, `document_too_complex`.
 */
export function openZip(bytes: Uint8Array, limits: ZipLimits = ZIP_LIMITS): ZipArchive {
  if (bytes.byteLength < END_BYTES) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(bytes, view, limits);
  let totalBytes = 0;
  const read = (name: string) => {
    const entry = entries.get(name);
    if (entry === undefined) throw damaged();
    if (entry.isEncrypted) throw new AppError("document_encrypted");
    const isTooMuch = totalBytes + entry.unpackedBytes > limits.totalBytesMax;
    if (entry.unpackedBytes > limits.entryBytesMax || isTooMuch) throw tooComplex();
    totalBytes += entry.unpackedBytes;
    return unpack(bytes, view, entry);
  };
  const readText = (name: string) => decodeText(read(name));
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    read,
    readText,
    findText: (name) => (entries.has(name) ? readText(name) : null),
  };
}

/** The name of an entry that another one refers to: `../media/a.xml` seen from `word/document.xml`. */
export function resolveEntry(from: string, target: string): string {
  const path = target.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of target.split(/[?#]/)[0]?.split("/") ?? []) {
    if (part === "..") path.pop();
    else if (part !== "." && part !== "") path.push(part);
  }
  return path.join("/");
}
