import type { PlacedChunk, StoredPlace } from "../queries/chunks.ts";
import type { PreparedChunk } from "./prepare-document.ts";

/** A passage that is stored, as it is to be indexed from now on. */
export interface RevisedChunk {
  readonly chunkId: string;
  readonly chunk: PreparedChunk;
}

/** What a new version shares with the one before it. */
export interface MatchedChunks {
  /** Passages that stay, at their places in the new version. */
  readonly kept: readonly StoredPlace[];
  /** Those of them about which another sentence is said now: their terms and vectors are made anew. */
  readonly revised: readonly RevisedChunk[];
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
  const waiting = Map.groupBy(before, ({ contentKey }) => contentKey);
  const revised: RevisedChunk[] = [];
  const kept: StoredPlace[] = [];
  const added: PreparedChunk[] = [];
  for (const chunk of chunks) {
    const known = waiting.get(chunk.contentKey)?.shift();
    if (known === undefined) added.push(chunk);
    else {
      const { ordinal, start, end, page } = chunk;
      const { chunkId } = known;
      kept.push({ versionId, chunkId, ordinal, start, end, page });
      if (known.note !== chunk.note) revised.push({ chunkId, chunk });
    }
  }
  const gone = [...waiting.values()].flat().map(({ chunkId }) => chunkId);
  return { kept, revised, added, gone };
}
