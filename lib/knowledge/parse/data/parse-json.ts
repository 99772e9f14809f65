import { AppError } from "../../../shared/errors.ts";
import { cleanLines } from "../clean-text.ts";
import { decodeText } from "../decode-text.ts";
import { createDocumentBuilder, type DocumentBuilder } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";
import { parseText } from "../text/parse-text.ts";
import { createRecordPages } from "./record-pages.ts";

const PARSER = "json/1";
const DEPTH_MAX = 100;
const SHORT_LIST_MAX = 200;

/** Reads JSON as records of `name: value` lines; a list gives a record for each entry. Broken JSON is read as text. */
export function parseJson(bytes: Uint8Array): ParsedDocument {
  let value: unknown;
  try {
    value = JSON.parse(cleanLines(decodeText(bytes)));
  } catch {
    return looksLikeLines(bytes) ? parseJsonLines(bytes) : parseText(bytes);
  }
  const records = recordsOf(value);
  return writeRecords(
    records.map((record, index) => ({ record, label: `record ${index + 1}` })),
    "Records",
  );
}

/** Reads a file with one JSON value in each line; lines that are none are read as text. */
export function parseJsonLines(bytes: Uint8Array): ParsedDocument {
  const records = cleanLines(decodeText(bytes))
    .split("\n")
    .map((line, index) => ({ record: parseLine(line), label: `line ${index + 1}` }))
    .filter(({ record }) => record !== "");
  return writeRecords(records, "Records");
}

function looksLikeLines(bytes: Uint8Array): boolean {
  const [first = "", second = ""] = decodeText(bytes.subarray(0, 1_000_000)).split("\n");
  return [first, second].every((line) => /^\s*\{.*\}\s*$/.test(line));
}

function parseLine(line: string): unknown {
  try {
    return line.trim() === "" ? "" : JSON.parse(line);
  } catch {
    return line.trim();
  }
}

/** A list's entries; of an object that holds nothing but one list, that list's. */
function recordsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null) {
    const values = Object.values(value);
    if (values.length === 1 && Array.isArray(values[0])) return values[0];
  }
  return [value];
}

function writeRecords(records: readonly { record: unknown; label: string }[], word: string): ParsedDocument {
  const builder = createDocumentBuilder();
  const pages = createRecordPages(builder, word, records.length, 1);
  for (const { record, label } of records) {
    pages.next();
    writeRecord(builder, record, label);
  }
  return builder.finish({ parser: PARSER, hasPages: pages.hasPages });
}

function writeRecord(builder: DocumentBuilder, record: unknown, label: string): void {
  let isFirst = true;
  for (const [path, text] of fieldsOf(record, "", 0)) {
    const line = path === "" ? text : `${path}: ${text}`;
    const place = path === "" ? label : `${label}, ${path}`;
    if (builder.add("paragraph", line, { label: place, gap: isFirst ? "\n\n" : "\n" }) !== null)
      isFirst = false;
  }
}

/** The values of a record with their paths: `address.city`, `items 2.name`. */
function* fieldsOf(value: unknown, path: string, depth: number): Generator<readonly [string, string]> {
  if (depth > DEPTH_MAX) throw new AppError("document_too_complex");
  if (value === null || value === undefined) return;
  if (typeof value !== "object") yield [path, String(value)];
  else if (Array.isArray(value) && value.every((entry) => typeof entry !== "object" || entry === null)) {
    const isShort = value.every((entry) => String(entry).length <= SHORT_LIST_MAX);
    if (isShort) yield [path, value.filter((entry) => entry !== null).join(", ")];
    else for (const entry of value) yield [path, String(entry)];
  } else if (Array.isArray(value)) {
    for (const [index, entry] of value.entries())
      yield* fieldsOf(entry, `${path} ${index + 1}`.trim(), depth + 1);
  } else {
    for (const [name, entry] of Object.entries(value)) {
      yield* fieldsOf(entry, path === "" ? name : `${path}.${name}`, depth + 1);
    }
  }
}
