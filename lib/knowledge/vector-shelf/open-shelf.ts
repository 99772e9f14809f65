import type { TenantScope } from "../../platform/db/index.ts";
import { readVectorChanges } from "../queries/vector-rows.ts";
import { type OpenShelf, Shelves } from "../shelf/shelves.ts";
import { DIMENSIONS_MAX, VectorArena } from "./vector-arena.ts";
import { type ShelfRow, VectorShelf } from "./vector-shelf.ts";

/** All shelves of a process: a million vectors of 384 dimensions. Beyond it the database compares by itself. */
const ARENA_BYTES_MAX = 512 * 1024 * 1024;

/** A shelf of vectors in use. */
export type OpenVectors = OpenShelf<ShelfRow, VectorShelf>;

interface Memory {
  readonly arena: VectorArena;
  readonly shelves: Shelves<ShelfRow, VectorShelf>;
}

// Shared with the copy of this module that Next bundles: one memory per process.
const holder = globalThis as typeof globalThis & { vouchVectorShelves?: Memory };

/**
 * The shelf of an organisation's vectors in a space, read whole when this process has none yet (30 ms for a thousand).
 *
 * @param waitMs how long to wait for that reading.
 * @returns null when it is not read in time or cannot be held in memory.
 */
export async function openShelf(
  { orgId }: TenantScope,
  { name, dimensions }: { readonly name: string; readonly dimensions: number },
  waitMs = Number.POSITIVE_INFINITY,
): Promise<OpenVectors | null> {
  if (dimensions > DIMENSIONS_MAX || dimensions === 0) return null;
  holder.vouchVectorShelves ??= {
    arena: new VectorArena(ARENA_BYTES_MAX),
    shelves: new Shelves("vectors"),
  };
  const { arena, shelves } = holder.vouchVectorShelves;
  return shelves.find(
    `${orgId} ${dimensions} ${name}`,
    {
      make: () => new VectorShelf(arena, dimensions),
      read: (marks) => readVectorChanges({ orgId }, name, marks),
    },
    waitMs,
  );
}
