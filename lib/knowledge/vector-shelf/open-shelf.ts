import type { TenantScope } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import {
  CHANGES_MAX,
  readVectorChanges,
  type ShelfMarks,
  type VectorChanges,
} from "../queries/vector-rows.ts";
import { DIMENSIONS_MAX, VectorArena } from "./vector-arena.ts";
import { VectorShelf } from "./vector-shelf.ts";

/** All shelves of a process: a million vectors of 384 dimensions. Beyond it the database compares by itself. */
const ARENA_BYTES_MAX = 512 * 1024 * 1024;
/** A shelf nobody asked for so long is given up; the database keeps its removals for an hour. */
const IDLE_MS_MAX = 15 * 60_000;
/** Removed vectors leave memory within this time, whether anybody searches or not. */
const FOLLOW_MS = 60_000;

/** A shelf in use. */
export interface OpenShelf {
  readonly shelf: VectorShelf;
  readonly marks: ShelfMarks;
  /** False once it was given up. */
  readonly hasRoom: boolean;
  /** Takes over what a search read on the way. False: there is more to read, or no room. */
  follow(changes: VectorChanges): boolean;
  /** Reads until nothing is new. */
  catchUp(): Promise<void>;
}

class FollowedShelf implements OpenShelf {
  readonly scope: TenantScope;
  readonly space: string;
  readonly shelf: VectorShelf;
  usedMs = performance.now();
  hasRoom = true;
  #removal = 0;
  #loading: Promise<void> | null = null;

  constructor(scope: TenantScope, space: string, shelf: VectorShelf) {
    this.scope = { orgId: scope.orgId };
    this.space = space;
    this.shelf = shelf;
  }

  get marks(): ShelfMarks {
    return { row: this.shelf.mark, removal: this.#removal };
  }

  follow(changes: VectorChanges): boolean {
    this.hasRoom &&= this.shelf.add(changes.rows);
    this.shelf.remove(changes.removed);
    this.#removal = Math.max(this.#removal, changes.removalMark);
    return this.hasRoom && changes.rows.length < CHANGES_MAX;
  }

  /** Reads until nothing is new; searches that come meanwhile wait for the same reading. */
  catchUp(): Promise<void> {
    this.#loading ??= this.#readAll().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #readAll(): Promise<void> {
    while (this.hasRoom && !this.follow(await readVectorChanges(this.scope, this.space, this.marks)));
  }
}

/** The shelves of this process. */
class Shelves {
  readonly #arena = new VectorArena(ARENA_BYTES_MAX);
  readonly #open = new Map<string, FollowedShelf>();
  readonly #ready = new WeakSet<FollowedShelf>();
  #timer: NodeJS.Timeout | null = null;

  async find(scope: TenantScope, space: { name: string; dimensions: number }): Promise<OpenShelf | null> {
    if (space.dimensions > DIMENSIONS_MAX || space.dimensions === 0) return null;
    this.#timer ??= setInterval(() => void this.#tidy(), FOLLOW_MS).unref();
    const key = `${scope.orgId} ${space.dimensions} ${space.name}`;
    const known = this.#open.get(key);
    const found =
      known ?? new FollowedShelf(scope, space.name, new VectorShelf(this.#arena, space.dimensions));
    found.usedMs = performance.now();
    if (known === undefined) this.#open.set(key, found);
    if (!this.#ready.has(found)) await this.#fill(key, found);
    return found.hasRoom ? found : null;
  }

  async #fill(key: string, filled: FollowedShelf): Promise<void> {
    const startedMs = performance.now();
    try {
      await filled.catchUp();
      // The longest unused make room; what is too large by itself stays known as such until it is given up as idle.
      while (!filled.hasRoom && this.#giveUpOldest(filled)) {
        filled.hasRoom = true;
        await filled.catchUp();
      }
    } catch (error) {
      this.#giveUp(key);
      throw error;
    }
    if (!filled.hasRoom) filled.shelf.clear();
    this.#ready.add(filled);
    const durationMs = Math.round(performance.now() - startedMs);
    if (filled.shelf.size > 10_000) logger.info({ durationMs, chunks: filled.shelf.size }, "vectors read");
  }

  #giveUpOldest(kept: FollowedShelf): boolean {
    const others = [...this.#open].filter(([, other]) => other !== kept && other.shelf.size > 0);
    const oldest = others.toSorted(([, a], [, b]) => a.usedMs - b.usedMs)[0];
    if (oldest !== undefined) this.#giveUp(oldest[0]);
    return oldest !== undefined;
  }

  #giveUp(key: string): void {
    const given = this.#open.get(key);
    this.#open.delete(key);
    if (given === undefined) return;
    given.hasRoom = false;
    given.shelf.clear();
  }

  async #tidy(): Promise<void> {
    for (const [key, open] of [...this.#open]) {
      if (performance.now() - open.usedMs > IDLE_MS_MAX || open.shelf.isWorn) this.#giveUp(key);
      else if (open.hasRoom) await open.catchUp().catch(() => this.#giveUp(key));
    }
  }
}

// Shared with the copy of this module that Next bundles: one memory per process.
const holder = globalThis as typeof globalThis & { vouchVectorShelves?: Shelves };

/**
 * The shelf of an organisation's vectors in a space, read whole when this process has none yet (30 ms for a thousand).
 *
 * @returns null when it cannot be held in memory.
 */
export function openShelf(
  scope: TenantScope,
  space: { readonly name: string; readonly dimensions: number },
): Promise<OpenShelf | null> {
  holder.vouchVectorShelves ??= new Shelves();
  return holder.vouchVectorShelves.find(scope, space);
}
