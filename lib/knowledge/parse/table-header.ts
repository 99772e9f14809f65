const NUMBER = /^[\s$€£¥%()+\-–.,:/\d]+$/;

/**
 * Whether the first row of a table names its columns: every cell has a name of its own, none is a number, and below
 * there is something that is not just more names (a number, a longer text, an empty cell) or several rows.
 */
export function hasHeaderRow(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows;
  if (first === undefined || rest.length === 0 || first.length < 2) return false;
  const names = first.map((cell) => cell.trim().toLowerCase());
  const filled = names.filter((name) => name !== "");
  if (filled.length < Math.max(1, names.length - 1)) return false;
  if (new Set(filled).size < filled.length) return false;
  return filled.every((name) => name.length <= 80 && !(NUMBER.test(name) && !/^(?:19|20)\d\d$/.test(name)));
}
