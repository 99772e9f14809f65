import type { TenantScope } from "../../platform/db/index.ts";
import { readWordChanges } from "../queries/word-rows.ts";
import { type OpenShelf, Shelves } from "../shelf/shelves.ts";
import { WordBudget, type WordRow, WordShelf } from "./word-shelf.ts";

/** All shelves of a process: some 300 MB, 160,000 passages of 150 words. Beyond it the database ranks words by itself. */
const WORDS_MAX = 25_000_000;

/** A shelf of words in use. */
export type OpenWords = OpenShelf<WordRow, WordShelf>;

interface Memory {
  readonly budget: WordBudget;
  readonly shelves: Shelves<WordRow, WordShelf>;
}

// Shared with the copy of this module that Next bundles: one memory per process.
const holder = globalThis as typeof globalThis & { vouchWordShelves?: Memory };

/**
 * The shelf of the words in an organisation's passages, read whole when this process has none yet.
 *
 * @param waitMs how long to wait for that reading.
 * @returns null when it is not read in time or cannot be held in memory.
 */
export function openWords(
  { orgId }: TenantScope,
  waitMs = Number.POSITIVE_INFINITY,
): Promise<OpenWords | null> {
  holder.vouchWordShelves ??= { budget: new WordBudget(WORDS_MAX), shelves: new Shelves("words") };
  const { budget, shelves } = holder.vouchWordShelves;
  const source = {
    make: () => new WordShelf(budget),
    read: (marks: Parameters<typeof readWordChanges>[1]) => readWordChanges({ orgId }, marks),
  };
  return shelves.find(orgId, source, waitMs);
}
