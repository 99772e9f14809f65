import { cleanLines } from "../clean-text.ts";
import { decodeText } from "../decode-text.ts";
import type { BlockKind, ParsedBlock, ParsedDocument, ParsedHeading } from "../parsed-document.ts";
import { lineLabels, withoutPages } from "./parse-text.ts";

const PARSER = "asciidoc/1";
const HEADING = /^(={1,6})\s+(\S.*)$/;
const ITEM = /^\s*(?:\*{1,5}|-|\.{1,5}|\d+\.)\s+\S/;
const FENCE = /^(-{4,}|\.{4,}|={4,}|_{4,}|\|===)\s*$/;
const FENCE_KINDS: Readonly<Record<string, BlockKind>> = {
  "-": "code",
  ".": "code",
  "=": "paragraph",
  _: "quote",
};

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Reads AsciiDoc: the text is the source itself, so every offset is exact; headings, lists, tables and code are found. */
export function parseAsciidoc(bytes: Uint8Array): ParsedDocument {
  const text = cleanLines(decodeText(bytes));
  const headings: ParsedHeading[] = [];
  const blocks: ParsedBlock[] = [];
  const labelOf = lineLabels(text);
  const lines = linesOf(text);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as Line;
    const heading = HEADING.exec(line.text);
    const fence = FENCE.exec(line.text)?.[1];
    const range = { start: line.start, end: line.end, label: labelOf(line.start) };
    if (fence !== undefined) {
      const close = lines.findIndex((next, at) => at > index && next.text.trim() === fence);
      const last = close < 0 ? lines.length - 1 : close;
      if (fence === "|===") blocks.push(...tableRows(lines.slice(index, last + 1), labelOf));
      else
        blocks.push({
          ...range,
          end: (lines[last] as Line).end,
          kind: FENCE_KINDS[fence[0] ?? ""] ?? "code",
        });
      index = last;
    } else if (heading !== null) {
      const title = heading[2]?.trim() ?? "";
      headings.push({ start: line.start, end: line.end, level: heading[1]?.length ?? 1, title });
      blocks.push({ ...range, kind: "heading" });
    } else if (ITEM.test(line.text)) blocks.push({ ...range, kind: "list" });
  }
  const sorted = blocks.filter(({ start, end }) => end > start);
  return withoutPages(PARSER, text, headings, headings[0]?.level === 1 ? headings[0].title : null, sorted);
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const made = { start, end: start + line.trimEnd().length, text: line };
    start += line.length + 1;
    return made;
  });
}

/** Rows of a table, with the marks that open and close it in the first and the last. */
function tableRows(lines: readonly Line[], labelOf: (start: number) => string): ParsedBlock[] {
  const rows: { start: number; end: number }[] = [];
  for (const line of lines) {
    if (line.end <= line.start) continue;
    const last = rows.at(-1);
    const goesOn =
      last !== undefined &&
      (!line.text.startsWith("|") ||
        line.text.startsWith("|===") ||
        (rows.length === 1 && isOpening(lines, last)));
    if (goesOn) last.end = line.end;
    else rows.push({ start: line.start, end: line.end });
  }
  const head = rows[0];
  return rows.map((row, index) => ({
    ...row,
    kind: "table" as const,
    label: labelOf(row.start),
    ...(index > 0 && head !== undefined ? { header: [head.start, head.end] as const } : {}),
  }));
}

function isOpening(lines: readonly Line[], row: { start: number; end: number }): boolean {
  const opening = lines[0];
  return opening !== undefined && row.start === opening.start && row.end === opening.end;
}
