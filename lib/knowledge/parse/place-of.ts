import { columnName } from "./office/sheet-rows.ts";
import type { ParsedDocument } from "./parsed-document.ts";

/**
 * The name of the place of a character: `paragraph 12`, `Prices!C4`, `00:01:20, Ann`; null where a page number says
 * all there is to say, and between blocks.
 */
export function placeOf(document: Pick<ParsedDocument, "blocks">, offset: number): string | null {
  const block = document.blocks.findLast(({ start }) => start <= offset);
  if (block === undefined || offset >= block.end || block.label === null) return null;
  if (block.cells === undefined) return block.label;
  let column = 0;
  for (let index = 0; index < block.cells.length; index += 2) {
    if ((block.cells[index] ?? 0) <= offset) column = block.cells[index + 1] ?? 0;
  }
  const row = /(\d+)$/.exec(block.label)?.[1] ?? "";
  return block.label.slice(0, block.label.lastIndexOf("!") + 1) + columnName(column) + row;
}
