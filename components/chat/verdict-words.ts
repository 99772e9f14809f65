import type { Verdict } from "@/lib/knowledge/schema.ts";

/** A verdict in the words a reader sees. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  supported: "Supported",
  partly: "Partly supported",
  unsupported: "Not supported",
};

/** "Pump log, page 3", or the title alone when there are no pages. */
export function placeWords(title: string, page: number | null): string {
  return page === null ? title : `${title}, page ${page}`;
}
