import { describe, expect, it } from "vitest";
import { type Shelf, type ShelfChanges, type ShelfMarks, Shelves } from "./shelves.ts";

interface Row {
  readonly seq: number;
}

class Rows implements Shelf<Row> {
  readonly isWorn = false;
  readonly held = new Set<number>();
  readonly #room: number;
  mark = 0;

  constructor(room = Number.POSITIVE_INFINITY) {
    this.#room = room;
  }

  get size(): number {
    return this.held.size;
  }

  add(rows: readonly Row[]): boolean {
    for (const { seq } of rows) {
      if (this.held.size >= this.#room) return false;
      this.held.add(seq);
      this.mark = seq;
    }
    return true;
  }

  remove(seqs: readonly number[]): void {
    for (const seq of seqs) this.held.delete(seq);
  }

  clear(): void {
    this.held.clear();
    this.mark = 0;
  }
}

/** A table of numbered rows, read a few at a time; readings wait at the gate while it is closed. */
class Table {
  readonly #rows: number;
  readings = 0;
  failure: Error | null = null;
  gate: Promise<void> = Promise.resolve();

  constructor(rows: number) {
    this.#rows = rows;
  }

  read = async ({ row }: ShelfMarks): Promise<ShelfChanges<Row>> => {
    this.readings += 1;
    await this.gate;
    if (this.failure !== null) throw this.failure;
    const rows = Array.from({ length: 3 }, (_, place) => ({ seq: row + 1 + place })).filter(
      ({ seq }) => seq <= this.#rows,
    );
    return { rows, removed: [], removalMark: 0, hasMore: rows.length === 3 };
  };

  source(room?: number) {
    return { make: () => new Rows(room), read: this.read };
  }
}

describe("shelves of a process", () => {
  it("read a table whole before they answer, once for all who ask", async () => {
    const table = new Table(10);
    const shelves = new Shelves<Row, Rows>("rows");
    const ask = () => shelves.find("a", table.source(), Number.POSITIVE_INFINITY);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(first?.shelf.size).toBe(10);
    expect(second).toBe(first);
    expect(table.readings).toBe(4);
  });

  it("are not waited for longer than told, and are there once they are read", async () => {
    const table = new Table(5);
    const { promise, resolve } = Promise.withResolvers<void>();
    table.gate = promise;
    const shelves = new Shelves<Row, Rows>("rows");
    expect(await shelves.find("a", table.source(), 1)).toBeNull();
    expect(await shelves.find("a", table.source(), 0)).toBeNull();
    expect(table.readings).toBe(1);
    resolve();
    const found = await shelves.find("a", table.source(), Number.POSITIVE_INFINITY);
    expect(found?.shelf.size).toBe(5);
  });

  it("tell a failed reading, and read anew for the next who asks", async () => {
    const table = new Table(5);
    table.failure = new Error("the database is away");
    const shelves = new Shelves<Row, Rows>("rows");
    await expect(shelves.find("a", table.source(), 1_000)).rejects.toThrow("the database is away");
    table.failure = null;
    expect((await shelves.find("a", table.source(), 1_000))?.shelf.size).toBe(5);
  });

  it("make room by giving up the one unused for longest, and none when one alone is too large", async () => {
    const shelves = new Shelves<Row, Rows>("rows");
    const small = await shelves.find("small", new Table(4).source(), 1_000);
    const large = new Table(50);
    expect(await shelves.find("large", large.source(20), 1_000)).toBeNull();
    expect([small?.hasRoom, small?.shelf.size]).toEqual([false, 0]);
    const { readings } = large;
    expect(await shelves.find("large", large.source(20), 1_000)).toBeNull();
    expect(large.readings).toBe(readings);
  });
});
