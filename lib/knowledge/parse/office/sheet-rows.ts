import { type DocumentBuilder, tidyCell } from "../document-builder.ts";

/** A row of a sheet: only cells that show something, in order. */
export interface SheetRow {
  /** From 1, as in the program. */
  readonly number: number;
  readonly cells: { readonly column: number; readonly text: string; readonly isNumber: boolean }[];
}

/** The number of a column, from 1, out of a cell's name (`AB12`); 0 when it names none. */
export function columnNumber(reference: string): number {
  let number = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? "")
    number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

/** The letters of a column from 1. */
export function columnName(number: number): string {
  let name = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}

/** Names of the columns of the table that is being written. */
interface OpenTable {
  readonly names: ReadonlyMap<number, string>;
  readonly first: number;
  readonly last: number;
}

const HEADER_LENGTH_MAX = 80;
/** Two columns may as well be names and values, where a name put before each would mislead. */
const NAMED_FROM = 2;

/** Every cell a word, and at least two: such a row may name the columns of the rows below. */
function mayBeHeader(row: SheetRow): boolean {
  const names = new Set(row.cells.map(({ text }) => text.trim().toLowerCase()));
  return (
    row.cells.length >= 2 &&
    names.size === row.cells.length &&
    row.cells.every(
      ({ text, isNumber }) => text.length <= HEADER_LENGTH_MAX && (!isNumber || /^(?:19|20)\d\d$/.test(text)),
    )
  );
}

function tableOf(row: SheetRow): OpenTable {
  return {
    names: new Map(row.cells.map(({ column, text }) => [column, tidyCell(text)])),
    first: row.cells[0]?.column ?? 1,
    last: row.cells.at(-1)?.column ?? 1,
  };
}

/** Whether a row goes on with a table: it lies below its names, or mostly so. */
function belongsTo(row: SheetRow, table: OpenTable): boolean {
  const inside = row.cells.filter(({ column }) => column >= table.first && column <= table.last);
  return inside.length * 2 > row.cells.length;
}

/**
 * Writes the rows of a sheet. Below a row of names, each value comes with the name of its column
 * (`Country: Peru | Population: 34,000,000`), so that a row can be found and understood by itself. A gap of empty
 * rows ends a table.
 */
export function addSheetRows(builder: DocumentBuilder, sheetName: string, rows: Iterable<SheetRow>): void {
  let table: OpenTable | null = null;
  let previous: SheetRow | null = null;
  let header: readonly [number, number] | undefined;
  const namesOf = (open: OpenTable | null) =>
    open !== null && open.names.size > NAMED_FROM ? open.names : undefined;
  for (const row of rows) {
    const isAfterGap: boolean = previous === null || row.number > previous.number + 1;
    if (isAfterGap || (table !== null && !belongsTo(row, table))) [table, header] = [null, undefined];
    const isHeader: boolean = table === null && mayBeHeader(row);
    const names = namesOf(table);
    const cells: number[] = [];
    let text = "";
    for (const { column, text: value } of row.cells) {
      if (text !== "") text += " | ";
      cells.push(text.length, column);
      const name = names?.get(column);
      text += name === undefined || name === "" ? tidyCell(value) : `${name}: ${tidyCell(value)}`;
    }
    const range = builder.add("table", text, {
      label: rangeLabel(sheetName, row),
      gap: isAfterGap ? "\n\n" : "\n",
      cells,
      ...(header === undefined || names !== undefined ? {} : { header }),
    });
    if (isHeader && range !== null) [table, header] = [tableOf(row), range];
    previous = row;
  }
}

function rangeLabel(sheetName: string, row: SheetRow): string {
  const first = `${columnName(row.cells[0]?.column ?? 1)}${row.number}`;
  const last = `${columnName(row.cells.at(-1)?.column ?? 1)}${row.number}`;
  return `${sheetName}!${first === last ? first : `${first}:${last}`}`;
}
