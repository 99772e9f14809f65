import type { DocumentBuilder } from "../document-builder.ts";

/** Rows or records of a page: a table of thousands is looked at in pieces. */
const PER_PAGE = 200;

/** Starts pages as rows come in, once there are more than fit on one; `word` is what a row is called. */
export function createRecordPages(
  builder: DocumentBuilder,
  word: string,
  total: number,
  firstNumber: number,
) {
  const hasPages = total > PER_PAGE;
  let index = 0;
  return {
    hasPages,
    /** To be called before each row. */
    next: () => {
      if (hasPages && index % PER_PAGE === 0) {
        const from = firstNumber + index;
        builder.startPage(`${word} ${from}–${Math.min(from + PER_PAGE, firstNumber + total) - 1}`);
      }
      index += 1;
    },
  };
}
