import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { createCollection } from "../collections.ts";
import { makeOrganisation, makePrincipal } from "../test-knowledge.ts";
import { storeTestDocuments, type TestDocument, testVector } from "../test-passages.ts";
import { openShelf } from "../vector-shelf/open-shelf.ts";
import { openWords } from "../word-shelf/open-words.ts";
import { findCandidates, findCandidatesOfAll, type SearchPlan } from "./find-candidates.ts";
import { ensureVectorIndex, hasVectorIndex } from "./vector-index.ts";

const space = { name: "test/space", dimensions: 72 };
let testDatabase: TestDatabase;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
}, 60_000);

afterAll(() => testDatabase.close());

function plan(change: Partial<SearchPlan>): SearchPlan {
  return {
    filter: {},
    limit: 10,
    keywords: null,
    keywordEngine: "bm25",
    vector: null,
    space,
    hasVectorIndex: false,
    ...change,
  };
}

async function makeCollection(principal: Principal, name: string): Promise<string> {
  const made = await createCollection(principal, { name, description: "", visibility: "organisation" });
  return made.id;
}

/** Documents of ten passages each: `common` in all, `word{n}` in one in seven, `id{n}` in one alone. */
function documentsOf(principal: Principal, collectionId: string, count: number, first = 0): TestDocument[] {
  return Array.from({ length: count }, (_, document) => ({
    orgId: principal.orgId,
    collectionId,
    title: `Document ${first + document}`,
    mediaType: document % 5 === 0 ? "application/pdf" : "text/plain",
    createdAt: document % 2 === 0 ? "2024-03-01T12:00:00Z" : "2025-06-01T12:00:00Z",
    space: space.name,
    passages: Array.from({ length: 10 }, (_, place) => {
      const number = (first + document) * 10 + place;
      return {
        terms: `common word${number % 7} near id${number} right beside`,
        vector: testVector(number, space.dimensions),
      };
    }),
  }));
}

/** Reads the copies however long a busy machine takes: a search would wait a quarter of a second for them. */
async function readCopies(principal: Principal): Promise<void> {
  await Promise.all([openShelf(principal, space), openWords(principal)]);
}

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describe("a large organisation beside a small one", () => {
  let large: Principal;
  let small: Principal;
  let collections: string[];
  let largeChunks: string[];
  let largeDocuments: string[];
  let smallChunks: string[];

  beforeAll(async () => {
    large = makePrincipal(await makeOrganisation(), "admin");
    small = makePrincipal(await makeOrganisation(), "admin");
    collections = [await makeCollection(large, "Main"), await makeCollection(large, "Side")];
    const other = await makeCollection(small, "Own");
    await ensureVectorIndex(space, true);
    const [main = "", side = ""] = collections;
    const stored = await storeTestDocuments([
      ...documentsOf(large, main, 98),
      ...documentsOf(large, side, 2, 98),
    ]);
    largeChunks = stored.flatMap(({ chunkIds }) => chunkIds);
    largeDocuments = stored.map(({ documentId }) => documentId);
    smallChunks = (await storeTestDocuments(documentsOf(small, other, 1))).flatMap(
      ({ chunkIds }) => chunkIds,
    );
    await Promise.all([large, small].map(readCopies));
  }, 60_000);

  it("finds by vector what comparing every row in the database finds, for both and under any filter", async () => {
    const filters = [
      {},
      { collectionIds: [collections[1] ?? ""] },
      { documentIds: largeDocuments.slice(3, 5) },
      { mediaTypes: ["application/pdf"] },
      { titles: ["DOCUMENT 7", "document 98"] },
      { addedFrom: "2025-01-01", addedTo: "2025-06-01" },
      { addedTo: "2024-02-28" },
      {
        collectionIds: [collections[0] ?? ""],
        documentIds: largeDocuments.slice(97),
        mediaTypes: ["text/plain"],
      },
    ];
    for (const [principal, filter] of [
      ...filters.map((one) => [large, one] as const),
      [small, {}] as const,
    ]) {
      for (let round = 0; round < 4; round += 1) {
        const asked = plan({ filter, vector: testVector(round + 5_000, space.dimensions), limit: 20 });
        const shelf = await findCandidates(principal, asked);
        const exact = await findCandidates(principal, { ...asked, vectorsBy: "database" });
        expect([shelf.vectorScan, exact.vectorScan]).toEqual(["shelf", "exact"]);
        const sliced = await findCandidates(principal, { ...asked, vectorsBy: "database", sliceRows: 90 });
        expect(sliced.semantic).toEqual(exact.semantic);
        // The last places may change hands where the scores are equal but for the codes' rounding.
        const found = new Set(ids(shelf.semantic));
        const common = ids(exact.semantic).filter((id) => found.has(id)).length;
        expect(shelf.semantic).toHaveLength(exact.semantic.length);
        expect(common).toBeGreaterThanOrEqual(exact.semantic.length - 1);
        for (const [index, { score }] of shelf.semantic.entries())
          expect(score).toBeCloseTo(exact.semantic[index]?.score ?? Number.NaN, 1);
      }
    }
  });

  it("uses a server's vector index when many rows pass, and compares exactly when few do", async () => {
    expect(await hasVectorIndex(space)).toBe(true);
    const asked = plan({
      vector: testVector(77, space.dimensions),
      hasVectorIndex: true,
      vectorsBy: "database",
    });
    const many = await findCandidates(large, { ...asked, exactRowsMax: 500 });
    expect(many.vectorScan).toBe("hnsw");
    expect(many.semantic[0]?.id).toBe(largeChunks[77]);
    const few = await findCandidates(large, {
      ...asked,
      exactRowsMax: 500,
      filter: { documentIds: largeDocuments.slice(0, 1) },
    });
    expect(few.vectorScan).toBe("exact");
    expect(few.semantic).toHaveLength(10);
  });

  it.each(["process", "database"] as const)(
    "finds a word wherever it stands, also among a few passages and for the small organisation (%s)",
    async (wordsBy) => {
      const scan = wordsBy === "process" ? "shelf" : "index";
      for (const number of [0, 333, 999]) {
        const asked = plan({ keywords: `common id${number}`, limit: 5, wordsBy });
        const found = await findCandidates(large, asked);
        expect([found.keyword[0]?.id, found.keywordScan]).toEqual([largeChunks[number], scan]);
      }
      const own = await findCandidates(small, plan({ keywords: "common id4", wordsBy }));
      expect(own.keyword[0]?.id).toBe(smallChunks[4]);
      expect(own.keyword).toHaveLength(10);
      const filter = { documentIds: largeDocuments.slice(4, 5) };
      const narrow = await findCandidates(large, plan({ keywords: "id42 word3", filter, wordsBy }));
      expect(narrow.keyword[0]?.id).toBe(largeChunks[42]);
      const none = await findCandidates(small, plan({ keywords: "id500", wordsBy }));
      expect(none.keyword).toEqual([]);
    },
  );

  it("scores words as the index does", async () => {
    for (const keywords of ["common id7 word3", "word1 word5", "near id500"]) {
      const asked = plan({ keywords, limit: 20 });
      const own = await findCandidates(large, asked);
      const index = await findCandidates(large, { ...asked, wordsBy: "database" });
      expect(own.keyword).toHaveLength(20);
      for (const [place, { score }] of own.keyword.entries()) {
        // The index counts the rarities of all organisations, this process those of one.
        expect(score / (index.keyword[place]?.score ?? Number.NaN)).toBeCloseTo(1, 0);
      }
    }
  });

  it.each(["process", "database"] as const)(
    "finds every passage that holds a phrase or an identifier, and none that holds its words apart (%s)",
    async (wordsBy) => {
      const phrases = ["near id123 right", "near right", "word5", "id123"];
      const found = await findCandidates(large, plan({ keywords: "common", limit: 3, phrases, wordsBy }));
      expect(found.phrases[0]).toEqual([largeChunks[123]]);
      expect(found.phrases[1]).toEqual([]);
      expect(found.phrases[2]).toHaveLength(100);
      expect(found.phrases[3]).toEqual([largeChunks[123]]);
      const asked = plan({ phrases: ["near id3 right", "right near", "common"], wordsBy });
      expect((await findCandidates(small, asked)).phrases.map((hits) => hits.length)).toEqual([1, 0, 10]);
    },
  );

  it.each(["process", "database"] as const)(
    "answers several questions at once as one by one (%s)",
    async (wordsBy) => {
      const { keywords: _, phrases: __, vector: ___, ...settings } = plan({ wordsBy });
      const questions = [
        { keywords: "common id7", phrases: ["id7"], vector: testVector(7, space.dimensions) },
        { keywords: null, vector: testVector(8, space.dimensions) },
        { keywords: "word3 id300", vector: null },
      ];
      const together = await findCandidatesOfAll(large, settings, questions);
      expect(together).toHaveLength(questions.length);
      for (const [index, question] of questions.entries()) {
        const alone = await findCandidates(large, { ...settings, ...question });
        for (const leg of ["keyword", "semantic", "phrases", "keywordScan", "vectorScan"] as const) {
          expect(together[index]?.[leg]).toEqual(alone[leg]);
        }
      }
    },
  );

  it("ranks with PostgreSQL's own measure where BM25 is missing", async () => {
    const found = await findCandidates(
      large,
      plan({ keywords: "id77 word0", keywordEngine: "ts_rank", wordsBy: "database" }),
    );
    expect(found.keyword[0]?.id).toBe(largeChunks[77]);
    const phrase = await findCandidates(
      large,
      plan({ phrases: ["near id77 right"], keywordEngine: "ts_rank", wordsBy: "database" }),
    );
    expect(phrase.phrases).toEqual([[largeChunks[77]]]);
  });
});

describe("what is new, gone or hidden", () => {
  let principal: Principal;
  let collectionId: string;
  const vector = testVector(1, space.dimensions);
  const passages = [{ terms: "alpha beta", vector }];
  const searchAll = () => findCandidates(principal, plan({ keywords: "alpha", vector }));
  const change = (statement: Parameters<Parameters<Parameters<typeof withSystem>[0]>[0]["execute"]>[0]) =>
    withSystem((transaction) => transaction.execute(statement));

  beforeAll(async () => {
    principal = makePrincipal(await makeOrganisation(), "admin");
    collectionId = await makeCollection(principal, "Changing");
    await readCopies(principal);
  });

  async function store(state: "active" | "building" = "active") {
    const document = { orgId: principal.orgId, collectionId, space: space.name, state, passages };
    const [stored] = await storeTestDocuments([document]);
    if (stored === undefined) throw new Error("nothing stored");
    return { ...stored, chunkId: stored.chunkIds[0] ?? "" };
  }

  it("is found by the next search, and gone with the row in both legs", async () => {
    expect((await searchAll()).semantic).toEqual([]);
    const { chunkId, documentId } = await store();
    const found = await searchAll();
    expect([ids(found.keyword), ids(found.semantic)]).toEqual([[chunkId], [chunkId]]);
    await change(sql`delete from document where id = ${documentId}`);
    const after = await searchAll();
    expect([after.keyword, after.semantic]).toEqual([[], []]);
    for (const table of ["vector_removal", "chunk_removal"]) {
      const [noted] = await change(sql`select count(*)::integer as count from ${sql.raw(table)}
        where org_id = ${principal.orgId}`);
      expect(noted).toEqual({ count: 1 });
    }
  });

  it("is found by its new terms alone once they changed", async () => {
    const { chunkId, documentId } = await store();
    expect(ids((await searchAll()).keyword)).toEqual([chunkId]);
    await change(sql`update chunk set search_terms = 'gamma delta' where id = ${chunkId}`);
    expect((await searchAll()).keyword).toEqual([]);
    const found = await findCandidates(principal, plan({ keywords: "delta" }));
    expect([ids(found.keyword), found.known(chunkId)?.terms.spell()]).toEqual([
      [chunkId],
      ["gamma", "delta"],
    ]);
    await change(sql`delete from document where id = ${documentId}`);
    expect((await findCandidates(principal, plan({ keywords: "delta" }))).keyword).toEqual([]);
  });

  it("is known by its document's title of this moment, and by none once it is gone", async () => {
    const { chunkId, documentId } = await store();
    const titleOf = async () => (await searchAll()).known(chunkId)?.title;
    expect(await titleOf()).toBe(documentId);
    await change(sql`update document set title = 'Renamed' where id = ${documentId}`);
    expect(await titleOf()).toBe("Renamed");
    await change(sql`update document set title = 'Renamed' where id = ${documentId}`);
    expect(await titleOf()).toBe("Renamed");
    await change(sql`delete from document where id = ${documentId}`);
    expect(await titleOf()).toBeUndefined();
  });

  it("stays hidden while its version is building, and shows with the switch alone", async () => {
    const old = await store();
    const next = await store("building");
    expect(ids((await searchAll()).semantic)).toEqual([old.chunkId]);
    await change(sql`update chunk set retired_by = ${next.versionId} where id = ${old.chunkId}`);
    const before = await searchAll();
    expect([ids(before.keyword), ids(before.semantic)]).toEqual([[old.chunkId], [old.chunkId]]);
    await change(sql`update document_version set state = 'active' where id = ${next.versionId}`);
    const after = await searchAll();
    expect([ids(after.keyword), ids(after.semantic)]).toEqual([[next.chunkId], [next.chunkId]]);
    await change(sql`update document set state = 'deleting' where id = ${next.documentId}`);
    const deleting = await searchAll();
    expect([deleting.keyword, deleting.semantic]).toEqual([[], []]);
  });

  it("follows more rows than one read brings", async () => {
    await searchAll();
    await storeTestDocuments(documentsOf(principal, collectionId, 55, 10_000));
    const wanted = testVector(100_000 + 449, space.dimensions);
    const found = await findCandidates(principal, plan({ keywords: "id100449", vector: wanted }));
    expect([found.vectorScan, found.keywordScan]).toEqual(["shelf", "shelf"]);
    expect(found.semantic[0]?.score).toBeGreaterThan(0.99);
    expect(found.keyword[0]?.id).toBe(found.semantic[0]?.id);
  });

  it("tells organisations and spaces apart", async () => {
    const stranger = makePrincipal(await makeOrganisation(), "admin");
    expect((await findCandidates(stranger, plan({ keywords: "common", vector }))).semantic).toEqual([]);
    const elsewhere = { name: "test/other", dimensions: space.dimensions };
    expect((await findCandidates(principal, plan({ vector, space: elsewhere }))).semantic).toEqual([]);
  });
});
