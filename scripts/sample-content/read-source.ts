/** How text stands in a table column. */
export type ColumnAlign = "left" | "right";

/** One block of a source text, in reading order. */
export type SourceBlock =
  | { kind: "heading"; text: string }
  | { kind: "paragraph"; text: string }
  | { kind: "item"; label: string; text: string }
  | { kind: "facts"; rows: [label: string, value: string][] }
  | { kind: "table"; align: ColumnAlign[]; rows: string[][] }
  | { kind: "break" };

/** A parsed source text: the fields before `---` and the blocks after it. */
export interface SampleSource {
  title: string;
  subtitle: string | null;
  issuer: string;
  issuerLine: string;
  /** ISO date; becomes the creation date of the PDF. */
  date: string;
  /** Running header of every page after the first. */
  running: string;
  columns: 1 | 2;
  blocks: SourceBlock[];
}

/**
 * Reads the plain-text form in which the sample PDFs are written.
 *
 * Fields `name: value` up to a line `---`; then blocks separated by blank lines:
 * `## heading`, `:: label | value` (facts), `[4.2] text` or `1. text` (hanging item),
 * a Markdown table, `===` (next column or page); everything else is a paragraph.
 *
 * @throws Error when a required field is missing or the columns of a table differ in number.
 */
export function readSource(text: string): SampleSource {
  const [head = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n---\n");
  const fields = new Map(
    head.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const required = (name: string): string => {
    const value = fields.get(name);
    if (!value) throw new Error(`The source text has no field "${name}".`);
    return value;
  };
  return {
    title: required("title"),
    subtitle: fields.get("subtitle") ?? null,
    issuer: required("issuer"),
    issuerLine: required("issuerLine"),
    date: required("date"),
    running: required("running"),
    columns: fields.get("columns") === "2" ? 2 : 1,
    blocks: rest.join("\n---\n").split("\n").reduce(addLine, []),
  };
}

function addLine(blocks: SourceBlock[], line: string): SourceBlock[] {
  const last = blocks.at(-1);
  const item = /^(?:\[([\d.]+)\]|(\d+\.)) (.+)$/.exec(line);
  const fact = /^:: (.+?) \| (.+)$/.exec(line);
  if (line.trim() === "") return blocks;
  if (line === "===") blocks.push({ kind: "break" });
  else if (line.startsWith("## ")) blocks.push({ kind: "heading", text: line.slice(3) });
  else if (item) blocks.push({ kind: "item", label: item[1] ?? item[2] ?? "", text: item[3] ?? "" });
  else if (fact) {
    const row: [string, string] = [fact[1] ?? "", fact[2] ?? ""];
    if (last?.kind === "facts") last.rows.push(row);
    else blocks.push({ kind: "facts", rows: [row] });
  } else if (line.startsWith("|")) addTableLine(blocks, last, line);
  else blocks.push({ kind: "paragraph", text: line });
  return blocks;
}

function addTableLine(blocks: SourceBlock[], last: SourceBlock | undefined, line: string): void {
  const cells = line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
  if (last?.kind !== "table") {
    blocks.push({ kind: "table", align: cells.map(() => "left"), rows: [cells] });
    return;
  }
  if (cells.length !== last.align.length) throw new Error(`Uneven table row: ${line}`);
  if (cells.every((cell) => /^-+:?$/.test(cell))) {
    last.align = cells.map((cell) => (cell.endsWith(":") ? "right" : "left"));
  } else last.rows.push(cells);
}
