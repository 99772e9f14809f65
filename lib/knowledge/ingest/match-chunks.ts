import type { PlacedChunk, StoredPlace } from "../queries/chunks.ts";
import type { PreparedChunk } from "./prepare-document.ts";

/** What a new version shares with the one before it. */
export interface MatchedChunks {
  /** Passages that stay, at their places in the new version. */
  readonly kept: readonly StoredPlace[];
  /** Passages that are new. */
  readonly added: readonly PreparedChunk[];
  /** Ids of passages that the new version no longer holds. */
  readonly gone: readonly string[];
}

/** Matches passages by what they hold; of equal ones the first stays the first. */
export function matchChunks(
  versionId: string,
  chunks: readonly PreparedChunk[],
  before: readonly PlacedChunk[],
): MatchedChunks {
  const waiting = new Map<string, string[]>();
  for (const { contentKey, chunkId } of before) {
    waiting.set(contentKey, [...(waiting.get(contentKey) ?? []), chunkId]);
  }
  const kept: StoredPlace[] = [];
  const added: PreparedChunk[] = [];
  for (const chunk of chunks) {
    const chunkId = waiting.get(chunk.contentKey)?.shift();
    if (chunkId === undefined) added.push(chunk);
    else {
      const { ordinal, start, end, page } = chunk;
      kept.push({ versionId, chunkId, ordinal, start, end, page });
    }
  }
  return { kept, added, gone: [...waiting.values()].flat() };
}
