import { describe, expect, it } from "vitest";
import { rankTerms } from "../keywords/rank-terms.ts";
import { listedTerms } from "../keywords/term-list.ts";
import type { ShelfFilter } from "../shelf/passage-rows.ts";
import { WordBudget, type WordRow, WordShelf } from "./word-shelf.ts";

const everything: ShelfFilter = {
  collectionIds: ["c0", "c1"],
  documentIds: null,
  exceptDocumentIds: [],
  exceptVersionIds: [],
  exceptChunkIds: [],
};

function row(seq: number, terms: string, change: Partial<WordRow> = {}): WordRow {
  return {
    seq,
    chunkId: `chunk${seq}`,
    collectionId: `c${seq % 2}`,
    documentId: `d${seq % 10}`,
    versionId: `v${seq % 10}`,
    terms,
    title: `Title ${seq % 10}`,
    ...change,
  };
}

/** Words of differing rarity, some of them several times in a passage. */
function rows(count: number): WordRow[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = index + 1;
    const own = Array.from({ length: 5 + (seq % 9) }, (__, place) => `w${(seq * (place + 3)) % 57}`);
    return row(
      seq,
      ["common", ...own, ...(seq % 3 === 0 ? ["common", "third"] : []), `only${seq}`].join(" "),
    );
  });
}

function makeShelf(stored: readonly WordRow[], words = 1_000_000) {
  const budget = new WordBudget(words);
  const shelf = new WordShelf(budget);
  return { budget, shelf, hasRoom: shelf.add(stored) };
}

const idsOf = (found: readonly { id: string }[]) => found.map(({ id }) => id);

describe("a shelf of words", () => {
  it("ranks as the formula does over the same passages, also terms asked for twice", () => {
    const stored = rows(2_000);
    const { shelf } = makeShelf(stored);
    const plain = stored.map(({ chunkId, terms }) => ({ id: chunkId, terms }));
    for (const query of ["w3 w14 common", "third only77", "common", "w5 w5 w6", "only1999 missing"]) {
      const found = shelf.rank(query, everything, 40);
      const expected = rankTerms(query, plain, 40);
      expect(found).toHaveLength(expected.length);
      for (const [place, { score }] of found.entries()) {
        expect(score).toBeCloseTo(expected[place]?.score ?? Number.NaN, 9);
      }
    }
    expect(shelf.rank("missing", everything, 40)).toEqual([]);
    expect(shelf.rank("", everything, 40)).toEqual([]);
  });

  it("finds nothing outside the filter, however little passes it", () => {
    const { shelf } = makeShelf(rows(500));
    const found = (change: Partial<ShelfFilter>) =>
      idsOf(shelf.rank("common", { ...everything, ...change }, 1_000)).map((id) => Number(id.slice(5)));
    expect(found({ collectionIds: ["c1"] }).every((seq) => seq % 2 === 1)).toBe(true);
    expect(found({ collectionIds: ["c1"] })).toHaveLength(250);
    expect(found({ collectionIds: [] })).toEqual([]);
    expect(found({ documentIds: ["d4", "elsewhere"] }).every((seq) => seq % 10 === 4)).toBe(true);
    expect(found({ documentIds: ["d4"], exceptDocumentIds: ["d4"] })).toEqual([]);
    expect(found({ exceptVersionIds: ["v4"] }).some((seq) => seq % 10 === 4)).toBe(false);
    expect(found({ documentIds: ["d4"], exceptChunkIds: ["chunk14"] })).not.toContain(14);
  });

  it("finds terms that stand side by side, in every passage that has them so", () => {
    const { shelf } = makeShelf([
      row(1, "force majeur clause"),
      row(2, "majeur force force majeur"),
      row(3, "majeur force"),
      row(4, "force of majeur"),
      row(5, "force majeur", { collectionId: "elsewhere" }),
    ]);
    const phrase = (terms: string) => idsOf(shelf.rank(terms, everything, 10, true)).sort();
    expect(phrase("force majeur")).toEqual(["chunk1", "chunk2"]);
    expect(phrase("majeur")).toEqual(["chunk1", "chunk2", "chunk3", "chunk4"]);
    expect(phrase("force missing")).toEqual([]);
    expect(phrase("force majeur clause more")).toEqual([]);
  });

  it("takes rows once, and a passage whose terms changed by its new ones", () => {
    const { shelf } = makeShelf([row(1, "old words"), row(2, "other")]);
    shelf.add([row(2, "other"), row(3, "new words", { chunkId: "chunk1" })]);
    shelf.remove([1]);
    expect(shelf.size).toBe(2);
    expect(shelf.find("chunk1")?.terms.spell()).toEqual(["new", "words"]);
    expect(shelf.rank("old", everything, 10)).toEqual([]);
    expect(idsOf(shelf.rank("words new", everything, 10))).toEqual(["chunk1"]);
    shelf.remove([1, 3]);
    expect(shelf.find("chunk1")).toBeUndefined();
  });

  it("knows each passage's document and its title, which goes with the last of them", () => {
    const { shelf } = makeShelf([row(1, "one"), row(2, "three"), row(11, "two")]);
    shelf.retitle([
      ["d1", "Renamed"],
      ["elsewhere", "Unknown"],
    ]);
    const known = ["chunk1", "chunk11", "chunk2"].map((id) => {
      const { documentId, title, terms } = shelf.find(id) ?? {};
      return [documentId, title, terms?.spell()];
    });
    expect(known).toEqual([
      ["d1", "Renamed", ["one"]],
      ["d1", "Renamed", ["two"]],
      ["d2", "Title 2", ["three"]],
    ]);
    shelf.remove([1]);
    expect(shelf.find("chunk11")?.title).toBe("Renamed");
    shelf.remove([11]);
    shelf.add([row(21, "four", { title: "Anew" })]);
    expect(shelf.find("chunk21")?.title).toBe("Anew");
  });

  it("tells where terms stand in a passage, as a list of its terms does", () => {
    const terms = "common w3 common other w3 common last";
    const { shelf } = makeShelf([row(1, "first w3"), row(2, terms)]);
    const found = shelf.find("chunk2")?.terms;
    for (const asked of [["common", "w3", "missing"], ["last"], [], ["first"]]) {
      const expected = listedTerms(terms.split(" ")).placesOf(asked);
      expect(found?.placesOf(asked)).toEqual(expected);
    }
    expect(found?.placesOf(["common", "w3"])).toEqual(
      new Map([
        ["common", [0, 2, 5]],
        ["w3", [1, 4]],
      ]),
    );
    expect(found?.length).toBe(7);
  });

  it("forgets removed rows, their words, and what they weighed", () => {
    const stored = rows(400);
    const { shelf, budget } = makeShelf(stored);
    const gone = stored.filter(({ seq }) => seq % 4 !== 0);
    shelf.remove(gone.map(({ seq }) => seq));
    const kept = stored.filter(({ seq }) => seq % 4 === 0);
    const fresh = makeShelf(kept);
    for (const query of ["w3 w14 common", "third only77 w5"]) {
      expect(shelf.rank(query, everything, 50)).toEqual(fresh.shelf.rank(query, everything, 50));
    }
    expect(shelf.rank("only77", everything, 10)).toEqual([]);
    expect(budget.left).toBe(fresh.budget.left);
    shelf.remove(stored.map(({ seq }) => seq));
    expect(budget.left).toBe(1_000_000);
    // Numbers of forgotten terms are given to new ones.
    shelf.add([row(401, "brand new common")]);
    expect(idsOf(shelf.rank("common", everything, 10))).toEqual(["chunk401"]);
    expect(shelf.find("chunk401")?.terms.spell()).toEqual(["brand", "new", "common"]);
  });

  it("says when its memory is full, and gives it back", () => {
    const { shelf, budget, hasRoom } = makeShelf(rows(100), 300);
    expect(hasRoom).toBe(false);
    shelf.clear();
    expect(budget.left).toBe(300);
    expect(shelf.mark).toBe(0);
    expect(shelf.add([row(1, "small")])).toBe(true);
  });
});
