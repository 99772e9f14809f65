import { describe, expect, it } from "vitest";
import { BestRows } from "../shelf/best-rows.ts";
import type { ShelfFilter } from "../shelf/passage-rows.ts";
import { testVector } from "../test-passages.ts";
import { VectorArena } from "./vector-arena.ts";
import { type ShelfRow, VectorShelf } from "./vector-shelf.ts";

const everything: ShelfFilter = {
  collectionIds: ["c0", "c1"],
  documentIds: null,
  exceptDocumentIds: [],
  exceptVersionIds: [],
  exceptChunkIds: [],
};

function rows(count: number, dimensions: number): ShelfRow[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    chunkId: `chunk${index}`,
    collectionId: `c${index % 2}`,
    documentId: `d${index % 10}`,
    versionId: `v${index % 10}`,
    vector: testVector(index, dimensions),
  }));
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

function makeShelf(count: number, dimensions: number, bytesMax = 64 * 1024 * 1024) {
  const arena = new VectorArena(bytesMax);
  const shelf = new VectorShelf(arena, dimensions);
  const stored = rows(count, dimensions);
  return { arena, shelf, stored, hasRoom: shelf.add(stored) };
}

describe("a shelf of vectors", () => {
  it.each([8, 100, 384, 1536])(
    "ranks %i dimensions as whole numbers would, over several blocks",
    (dimensions) => {
      const { shelf, stored } = makeShelf(3_000, dimensions);
      const query = testVector(123_456, dimensions);
      const exact = stored
        .map(({ chunkId, vector }) => ({ chunkId, score: dot(vector, query) }))
        .sort((a, b) => b.score - a.score);
      const found = shelf.rank(shelf.compare(query), everything, 20);
      expect(found).toHaveLength(20);
      for (const [index, { score }] of found.entries()) {
        expect(Math.abs(score - (exact[index]?.score ?? 0))).toBeLessThan(0.01);
      }
      const best = new Set(exact.slice(0, 25).map(({ chunkId }) => chunkId));
      expect(found.filter(({ chunkId }) => best.has(chunkId)).length).toBeGreaterThanOrEqual(19);
    },
  );

  it("finds nothing outside the filter", () => {
    const { shelf } = makeShelf(200, 32);
    const found = (change: Partial<ShelfFilter>) =>
      shelf
        .rank(shelf.compare(testVector(9, 32)), { ...everything, ...change }, 1_000)
        .map(({ chunkId }) => chunkId);
    expect(found({})).toHaveLength(200);
    expect(found({ collectionIds: [] })).toEqual([]);
    expect(found({ collectionIds: ["c1"] })).toHaveLength(100);
    expect(found({ documentIds: ["d3", "unknown"] })).toHaveLength(20);
    expect(found({ documentIds: ["d3"], exceptDocumentIds: ["d3"] })).toEqual([]);
    expect(found({ exceptVersionIds: ["v1"], exceptDocumentIds: ["d2"] })).toHaveLength(160);
    expect(found({ exceptChunkIds: ["chunk5"] })).not.toContain("chunk5");
  });

  it("forgets what is removed, and never takes a row twice", () => {
    const { shelf, stored } = makeShelf(50, 32);
    expect(shelf.add(stored.slice(10, 20))).toBe(true);
    expect(shelf.size).toBe(50);
    shelf.remove([8, 8, 999]);
    expect(shelf.size).toBe(49);
    const [first] = shelf.rank(shelf.compare(testVector(7, 32)), everything, 50);
    expect(first?.chunkId).not.toBe("chunk7");
    expect(shelf.add(stored.slice(7, 8))).toBe(true);
    expect(shelf.size).toBe(49);
  });

  it("ranks rows added after the comparison too, and none removed since", () => {
    const { shelf, stored } = makeShelf(2_800, 384);
    const query = testVector(77, 384);
    const compared = shelf.compare(query);
    const later = rows(3_000, 384).slice(2_800);
    shelf.add(later);
    shelf.remove(stored.slice(0, 5).map(({ seq }) => seq));
    const found = shelf.rank(compared, everything, 3_000);
    expect(found).toEqual(shelf.rank(shelf.compare(query), everything, 3_000));
    expect(found).toHaveLength(2_995);
    // Another comparison in between does not disturb it.
    shelf.compare(testVector(78, 384));
    expect(shelf.rank(compared, everything, 3_000)).toEqual(found);
  });

  it("says when its memory is full, and gives it back wiped", () => {
    const { arena, shelf, hasRoom } = makeShelf(3_000, 1_024, 2 * 1024 * 1024);
    expect(hasRoom).toBe(false);
    shelf.clear();
    const block = arena.takeBlock();
    arena.writeQuery(testVector(1, 1_024));
    expect([...arena.sums(block ?? 0, 4, 1_024)]).toEqual([0, 0, 0, 0]);
    expect(shelf.rank(shelf.compare(testVector(1, 1_024)), everything, 5)).toEqual([]);
  });

  it("takes vectors of nothing and queries of another length", () => {
    const { shelf } = makeShelf(5, 16);
    shelf.add([{ ...(rows(1, 16)[0] as ShelfRow), seq: 6, vector: new Float32Array(16) }]);
    expect(shelf.rank(shelf.compare(new Float32Array(16)), everything, 3).map(({ score }) => score)).toEqual([
      0, 0, 0,
    ]);
    expect(shelf.rank(shelf.compare(testVector(1, 8)), everything, 3)).toEqual([]);
  });
});

describe("the best rows", () => {
  it("are those a sort would give", () => {
    const scores = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 463);
    const best = new BestRows(25);
    for (const [row, score] of scores.entries()) best.add(row, score);
    expect(best.sorted().map(({ score }) => score)).toEqual(scores.toSorted((a, b) => b - a).slice(0, 25));
    expect(new BestRows(0).sorted()).toEqual([]);
  });
});
