import { parse } from "csv-parse/sync";
import { AppError } from "../../../shared/errors.ts";
import { cleanLines } from "../clean-text.ts";
import { decodeText } from "../decode-text.ts";
import { createDocumentBuilder, type DocumentBuilder, tidyCell } from "../document-builder.ts";
import type { ParsedDocument } from "../parsed-document.ts";
import { hasHeaderRow } from "../table-header.ts";
import { createRecordPages } from "./record-pages.ts";
import { sniffDelimiter } from "./sniff-delimiter.ts";

const PARSER = "csv/1";
const RECORD_LENGTH_MAX = 2_000_000;

/**
 * Reads a table: its delimiter is found out, and below a row of names each value comes with the name of its column, so
 * that a row can be found and understood by itself.
 */
export function parseCsv(bytes: Uint8Array): ParsedDocument {
  const rows = readRows(cleanLines(decodeText(bytes)));
  const builder = createDocumentBuilder();
  const names = hasHeaderRow(rows.slice(0, 50)) ? (rows[0] ?? []).map(tidyCell) : null;
  const pages = createRecordPages(builder, "Rows", rows.length, 1);
  let header: readonly [number, number] | null = null;
  for (const [index, row] of rows.entries()) {
    pages.next();
    const label = `row ${index + 1}`;
    const isName = names === null || index === 0 || names.length <= 2;
    const text = isName ? row.map(tidyCell).join(" | ") : namedRow(names, row);
    const range = addRow(builder, text, label, isName && names !== null ? header : null);
    if (index === 0 && names !== null) header = range;
  }
  return builder.finish({ parser: PARSER, hasPages: pages.hasPages });
}

function addRow(
  builder: DocumentBuilder,
  text: string,
  label: string,
  header: readonly [number, number] | null,
) {
  const gap = builder.lastKind() === null ? "\n\n" : "\n";
  return builder.add("table", text, { label, gap, ...(header === null ? {} : { header }) });
}

/** `Country: Peru | Capital: Lima`; values beyond the names stand alone, empty ones are left out. */
function namedRow(names: readonly string[], row: readonly string[]): string {
  return row
    .map((value, index) => [names[index] ?? "", tidyCell(value)] as const)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => (name === "" ? value : `${name}: ${value}`))
    .join(" | ");
}

function readRows(text: string): string[][] {
  try {
    return parse(text, {
      delimiter: sniffDelimiter(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: RECORD_LENGTH_MAX,
    });
  } catch (cause) {
    throw new AppError("document_unreadable", { cause });
  }
}
