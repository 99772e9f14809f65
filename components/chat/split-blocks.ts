/** A top-level piece of Markdown; `start` counts into the whole text. */
export interface TextBlock {
  readonly start: number;
  readonly text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** Also true for what may yet become a list item, so that a growing last line does not split and join again. */
const CONTINUES = /^(\s|[-*+]( |$)|\d{1,9}([.)]( |$)|$)|\||>)/;

/**
 * Cuts Markdown at blank lines, so that finished blocks of a growing answer need not be parsed again. Fenced code,
 * lists, quotes and tables stay whole. Joining the blocks gives the text back.
 */
export function splitBlocks(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let start = 0;
  let offset = 0;
  let fence: string | null = null;
  let isAfterBlank = false;
  for (const line of text.split(/(?<=\n)/)) {
    const opened = FENCE.exec(line)?.[1];
    const isBlank = line.trim() === "";
    if (isAfterBlank && !isBlank && fence === null && !CONTINUES.test(line) && offset > start) {
      blocks.push({ start, text: text.slice(start, offset) });
      start = offset;
    }
    if (fence === null && opened) fence = opened;
    else if (fence !== null && opened?.startsWith(fence)) fence = null;
    isAfterBlank = isBlank && fence === null;
    offset += line.length;
  }
  if (offset > start) blocks.push({ start, text: text.slice(start) });
  return blocks;
}
