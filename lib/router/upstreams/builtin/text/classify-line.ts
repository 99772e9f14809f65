/** What one line of a document looks like, before its neighbours are considered. */
export type LineKind =
  | "blank"
  | "fence"
  | "heading"
  | "item"
  | "row"
  | "field"
  | "rule"
  | "furniture"
  | "code"
  | "prose";

export interface LineShape {
  readonly kind: LineKind;
  /** How many characters of bullet, number, quote mark or heading mark come before the words. */
  readonly lead: number;
  /** Heading depth from 1, or 0. */
  readonly level: number;
  /** The number of an ordered list item, or "" for a bullet. */
  readonly number: string;
}

const itemPattern =
  /^\s*(?:>\s*)?(?:[-*+•‣▪◦●○·–—]|(\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]))(?:\s+(?:\[[ x]\]\s+)?)(?=\S)/;
const headingPattern = /^\s{0,3}(#{1,6})\s+(?=\S)/;
const furniturePattern =
  /^\s*(?:page\s+)?\d{1,4}(?:\s*(?:of|\/|-)\s*\d{1,4})?\s*$|^\s*page\s+\d{1,4}\b.{0,60}$|^\s*!\[[^\]]*\]\([^)]*\)\s*$/i;
const rulePattern = /^\s*(?:[-*_=~]\s*){3,}$|^\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?$/;
const fieldPattern = /^\s*\p{Lu}[^.:?!|{}]{0,48}:(?:\s+\S|$)/u;

function looksLikeCode(line: string): boolean {
  const trimmed = line.trim();
  if (
    /^(?:import |from \S+ import|def |class |const |let |var |function |return\b|curl |npm |pip |export |\$ |\/\/|#!|@)/.test(
      trimmed,
    )
  ) {
    return !/[.!?]$/.test(trimmed);
  }
  if (/^[{}[\]()<>;,"']+$/.test(trimmed)) return true;
  if (/^"[^"]+":\s|^<\/?\w[^>]*>$/.test(trimmed)) return true;
  const symbols = trimmed.match(/[{}[\]();=<>\\|`$]/g)?.length ?? 0;
  return symbols >= 3 && symbols / trimmed.length > 0.07 && !/[.!?]$/.test(trimmed);
}

function shape(kind: LineKind, lead = 0, level = 0, number = ""): LineShape {
  return { kind, lead, level, number };
}

/** Looks at one line alone. */
export function classifyLine(line: string): LineShape {
  if (line.trim() === "") return shape("blank");
  if (/^\s*(?:```|~~~)/.test(line)) return shape("fence");
  if (rulePattern.test(line)) return shape("rule");
  if (furniturePattern.test(line)) return shape("furniture");
  const heading = headingPattern.exec(line);
  if (heading?.[1] !== undefined) return shape("heading", heading[0].length, heading[1].length);
  if (/^\s*\|.*\S.*\|/.test(line) || (line.match(/\s\|\s/g)?.length ?? 0) >= 2) return shape("row");
  const item = itemPattern.exec(line);
  if (item !== null) return shape("item", item[0].length, 0, item[1] ?? "");
  if (looksLikeCode(line)) return shape("code");
  const lead = /^\s*(?:>\s*)*/.exec(line)?.[0].length ?? 0;
  if (/\S\s{3,}\S.*\S\s{3,}\S|\S\t+\S/.test(line)) return shape("row", lead);
  if (fieldPattern.test(line)) return shape("field", lead);
  return shape("prose", lead);
}
