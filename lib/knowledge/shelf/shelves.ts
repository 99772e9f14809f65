import { setTimeout as wait } from "node:timers/promises";
import { logger } from "../../platform/log.ts";

/** A shelf nobody asked for so long is given up; the database keeps its removals for an hour. */
const IDLE_MS_MAX = 15 * 60_000;
/** What was removed leaves memory within this time, whether anybody searches or not. */
const FOLLOW_MS = 60_000;
/** A reading of more rows is worth a line in the log. */
const MANY_ROWS = 10_000;

/** How far a copy has followed its table. */
export interface ShelfMarks {
  /** The highest number of a row it holds. */
  readonly row: number;
  /** The last removal it knows of. */
  readonly removal: number;
}

/** What is new since the marks. */
export interface ShelfChanges<Row> {
  readonly rows: readonly Row[];
  readonly removed: readonly number[];
  /** Documents whose title changed, with the title; for copies that know titles. */
  readonly titles?: readonly (readonly [string, string])[];
  readonly removalMark: number;
  /** True when there may be more rows than these. */
  readonly hasMore: boolean;
}

/** A copy of rows in the memory of this process. */
export interface Shelf<Row> {
  readonly mark: number;
  readonly size: number;
  readonly isWorn: boolean;
  /** Returns false when there is no room for them. */
  add(rows: readonly Row[]): boolean;
  remove(seqs: readonly number[]): void;
  /** Takes over titles that changed; copies that know none leave it out. */
  retitle?(titles: readonly (readonly [string, string])[]): void;
  clear(): void;
}

/** A shelf in use. */
export interface OpenShelf<Row, Kind extends Shelf<Row>> {
  readonly shelf: Kind;
  readonly marks: ShelfMarks;
  /** False once it was given up. */
  readonly hasRoom: boolean;
  /** Takes over what a search read on the way. False: there is more to read, or no room. */
  follow(changes: ShelfChanges<Row>): boolean;
  /** Reads until nothing is new. */
  catchUp(): Promise<void>;
}

/** How a shelf is made and read. */
export interface ShelfSource<Row, Kind extends Shelf<Row>> {
  make(): Kind;
  read(marks: ShelfMarks): Promise<ShelfChanges<Row>>;
}

class FollowedShelf<Row, Kind extends Shelf<Row>> implements OpenShelf<Row, Kind> {
  readonly shelf: Kind;
  readonly #read: ShelfSource<Row, Kind>["read"];
  usedMs = performance.now();
  hasRoom = true;
  /** The first reading, for all who ask meanwhile. */
  filling: Promise<void> | null = null;
  isReady = false;
  #removal = 0;
  #loading: Promise<void> | null = null;

  constructor({ make, read }: ShelfSource<Row, Kind>) {
    this.shelf = make();
    this.#read = read;
  }

  get marks(): ShelfMarks {
    return { row: this.shelf.mark, removal: this.#removal };
  }

  follow(changes: ShelfChanges<Row>): boolean {
    this.hasRoom &&= this.shelf.add(changes.rows);
    this.shelf.remove(changes.removed);
    this.shelf.retitle?.(changes.titles ?? []);
    this.#removal = Math.max(this.#removal, changes.removalMark);
    return this.hasRoom && !changes.hasMore;
  }

  /** Reads until nothing is new; searches that come meanwhile wait for the same reading. */
  catchUp(): Promise<void> {
    this.#loading ??= this.#readAll().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #readAll(): Promise<void> {
    while (this.hasRoom && !this.follow(await this.#read(this.marks)));
  }
}

/** The shelves of one kind in this process. */
export class Shelves<Row, Kind extends Shelf<Row>> {
  readonly #name: string;
  readonly #open = new Map<string, FollowedShelf<Row, Kind>>();
  #timer: NodeJS.Timeout | null = null;

  /** @param name what the log calls its rows. */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * The shelf of a key, read whole when there is none yet.
   *
   * @param waitMs how long to wait for that; it goes on afterwards.
   * @returns null when it is not read in time or cannot be held in memory.
   */
  async find(
    key: string,
    source: ShelfSource<Row, Kind>,
    waitMs: number,
  ): Promise<OpenShelf<Row, Kind> | null> {
    this.#timer ??= setInterval(() => void this.#tidy(), FOLLOW_MS).unref();
    const known = this.#open.get(key);
    const found = known ?? new FollowedShelf(source);
    found.usedMs = performance.now();
    if (known === undefined) this.#open.set(key, found);
    if (!found.isReady) {
      found.filling ??= this.#fill(key, found);
      await inTime(found.filling, waitMs);
    }
    return found.isReady && found.hasRoom ? found : null;
  }

  async #fill(key: string, filled: FollowedShelf<Row, Kind>): Promise<void> {
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
    filled.isReady = true;
    const durationMs = Math.round(performance.now() - startedMs);
    if (filled.shelf.size > MANY_ROWS)
      logger.info({ durationMs, chunks: filled.shelf.size }, `${this.#name} read`);
  }

  #giveUpOldest(kept: FollowedShelf<Row, Kind>): boolean {
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

/** Waits no longer than this; what fails later is nobody's to hear. */
async function inTime(work: Promise<void>, waitMs: number): Promise<void> {
  if (!Number.isFinite(waitMs)) return work;
  const waiting = new AbortController();
  const late = wait(waitMs, undefined, { signal: waiting.signal }).catch(() => {});
  work.catch(() => {});
  try {
    await Promise.race([work, late]);
  } finally {
    waiting.abort();
  }
}
