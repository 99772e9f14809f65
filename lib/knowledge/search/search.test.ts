import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { startJobs, stopJobs } from "../../jobs/index.ts";
import { database, withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { newId } from "../../shared/ids.ts";
import { createCollection } from "../collections.ts";
import { ingestDocumentJob } from "../ingest/ingest-job.ts";
import { insertDocument } from "../queries/documents.ts";
import { storeSmallDocument } from "../queries/ingestion.ts";
import { findCandidates } from "../queries/search.ts";
import { ensureVectorIndex } from "../queries/vector-index.ts";
import { searchResponseSchema } from "../schema.ts";
import { makeOrganisation, makePrincipal, uploadAndIngest } from "../test-knowledge.ts";
import { keywordEngine, search } from "./search.ts";

let testDatabase: TestDatabase;
let dataDir: string;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-search-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
  await startJobs({ jobs: [ingestDocumentJob], work: false });
});

afterAll(async () => {
  await stopJobs();
  await testDatabase.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function titlesFor(principal: Principal, request: Partial<Parameters<typeof search>[1]> = {}) {
  const { results } = await search(principal, { query: "where is the zebra kept", ...request });
  return results.map(({ title }) => title).sort();
}

async function grant(owner: Principal, collectionId: string, userId: string, level: "read" | "write") {
  await withSystem((transaction) =>
    transaction.execute(sql`insert into collection_access (org_id, collection_id, user_id, level)
      values (${owner.orgId}, ${collectionId}, ${userId}, ${level})`),
  );
}

describe("who finds what", () => {
  it("shows each person what they may read, in every mode, and nothing else", async () => {
    const orgId = await makeOrganisation();
    const [owner, reader, stranger] = [makePrincipal(orgId), makePrincipal(orgId), makePrincipal(orgId)];
    const admin = makePrincipal(orgId, "admin");
    const foreign = makePrincipal(await makeOrganisation(), "admin");
    const hidden = await createCollection(owner, { name: "P", description: "", visibility: "private" });
    const open = await createCollection(admin, { name: "O", description: "", visibility: "organisation" });
    await uploadAndIngest(owner, hidden.id, "private zebra.txt", "The zebra is kept in the private stable.");
    const shown = await uploadAndIngest(
      admin,
      open.id,
      "open zebra.txt",
      "The zebra is kept in the open field.",
    );
    await grant(owner, hidden.id, reader.userId, "read");
    for (const mode of ["hybrid", "keyword", "semantic"] as const) {
      expect(await titlesFor(owner, { mode })).toEqual(["open zebra", "private zebra"]);
      expect(await titlesFor(reader, { mode })).toEqual(["open zebra", "private zebra"]);
      expect(await titlesFor(stranger, { mode })).toEqual(["open zebra"]);
      // Administrators govern what belongs to the organisation, not people's private files.
      expect(await titlesFor(admin, { mode })).toEqual(["open zebra"]);
      expect(await titlesFor(foreign, { mode })).toEqual([]);
      expect(await titlesFor(stranger, { mode, collectionIds: [hidden.id] })).toEqual([]);
      expect(await titlesFor(owner, { mode, collectionIds: [hidden.id] })).toEqual(["private zebra"]);
      expect(await titlesFor(owner, { mode, documentIds: [shown.id] })).toEqual(["open zebra"]);
      expect(await titlesFor(foreign, { mode, collectionIds: [open.id], documentIds: [shown.id] })).toEqual(
        [],
      );
    }
    const { trace } = await search(stranger, { query: "zebra" });
    expect(trace.candidates).toMatchObject({ keyword: 1, semantic: 1 });
  });

  it("sees the active version only", async () => {
    const principal = makePrincipal(await makeOrganisation());
    const { id } = await createCollection(principal, { name: "P", description: "", visibility: "private" });
    const document = await uploadAndIngest(principal, id, "zebra.txt", "The zebra is kept here.");
    await withSystem((transaction) =>
      transaction.execute(sql`update document set state = 'deleting' where id = ${document.id}`),
    );
    expect(await titlesFor(principal)).toEqual([]);
  });
});

describe("what a search tells", () => {
  it("answers in the shape of its contract, with scores and timings", async () => {
    const principal = makePrincipal(await makeOrganisation());
    const { id } = await createCollection(principal, { name: "P", description: "", visibility: "private" });
    await uploadAndIngest(principal, id, "a.md", "# Pumps\n\nThe pump of hall 7 was replaced in May 2024.");
    await uploadAndIngest(principal, id, "b.md", "# Gates\n\nThe gate was painted green.");
    const response = await search(principal, { query: "replacement of the pump", limit: 5 });
    expect(searchResponseSchema.parse(response)).toEqual(response);
    expect(response.results[0]).toMatchObject({ title: "Pumps", headingPath: ["Pumps"], page: null });
    expect(response.results[0]?.scores.fused).toBe(1);
    expect(response.trace).toMatchObject({
      keywordEngine: "bm25",
      vectorSpace: "builtin/vouch-embed-1",
      semanticWeight: 0.25,
      reranker: null,
    });
    expect(await keywordEngine()).toBe("bm25");
  });

  it("takes any query: signs, stop words, quotes, other scripts", async () => {
    const principal = makePrincipal(await makeOrganisation());
    const { id } = await createCollection(principal, { name: "P", description: "", visibility: "private" });
    await uploadAndIngest(principal, id, "a.md", "The pump was replaced. 泵坏了。");
    for (const query of [
      "the of and",
      "'; drop table chunk; --",
      "\\",
      "%_",
      "& | ! :*",
      "泵",
      "\u{1F600}",
      "(((",
      '"',
    ])
      await expect(search(principal, { query })).resolves.toBeDefined();
  });
});

describe("many passages", () => {
  const rows = 900;
  const dimensions = 384;
  let principal: Principal;
  let collectionId: string;
  let versionOf: Map<string, string>;

  beforeAll(async () => {
    principal = makePrincipal(await makeOrganisation());
    ({ id: collectionId } = await createCollection(principal, {
      name: "Many",
      description: "",
      visibility: "private",
    }));
    versionOf = await fill(principal, collectionId, rows);
  }, 120_000);

  it("finds through the index what an exact scan finds, also when a filter leaves few", async () => {
    const space = { name: "test/space", dimensions };
    const plan = (vector: Float32Array, hasVectorIndex: boolean, documentIds?: string[]) => ({
      filter: { documentIds },
      limit: 10,
      keywords: null,
      keywordEngine: "bm25" as const,
      vector,
      space,
      hasVectorIndex,
      exactRowsMax: 500,
    });
    let shared = 0;
    for (let round = 0; round < 10; round += 1) {
      const vector = randomVector(round * 977 + 5, dimensions);
      const exact = await findCandidates(principal, plan(vector, false));
      const indexed = await findCandidates(principal, plan(vector, true));
      expect([exact.vectorScan, indexed.vectorScan]).toEqual(["exact", "hnsw"]);
      expect(indexed.semantic).toHaveLength(10);
      const scores = indexed.semantic.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      const ids = new Set(exact.semantic.map(({ id }) => id));
      shared += indexed.semantic.filter(({ id }) => ids.has(id)).length;
      const few = await findCandidates(principal, plan(vector, true, [[...versionOf.keys()][round] ?? ""]));
      expect(few.vectorScan).toBe("exact");
      expect(few.semantic).toHaveLength(10);
    }
    expect(shared / 100).toBeGreaterThan(0.8);
  });

  it("falls back to PostgreSQL's own ranking by name", async () => {
    const found = await findCandidates(principal, {
      filter: {},
      limit: 10,
      keywords: "passage number 77",
      keywordEngine: "ts_rank",
      vector: null,
      space: { name: "test/space", dimensions },
      hasVectorIndex: false,
    });
    expect(found.keyword).toHaveLength(10);
    const [row] = await database().drizzle.execute<{ text: string }>(
      sql`select text from chunk where id = ${found.keyword[0]?.id ?? ""}`,
    );
    expect(row?.text).toContain("77");
  });
});

function randomVector(seed: number, dimensions: number): Float32Array {
  let state = seed;
  const vector = Float32Array.from({ length: dimensions }, () => {
    state = (state * 48_271 + 11) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  });
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Puts passages straight into the tables: reading that many files is not what is tested here. */
async function fill(principal: Principal, collectionId: string, rows: number): Promise<Map<string, string>> {
  await ensureVectorIndex({ name: "test/space", dimensions: 384 });
  const versions = new Map<string, string>();
  const perDocument = 90;
  for (let first = 0; first < rows; first += perDocument) {
    const contentHash = newId();
    const { id: documentId } = await insertDocument(
      principal,
      {
        collectionId,
        title: `Document ${first}`,
        fileName: "x.txt",
        mediaType: "text/plain",
        sizeBytes: 1,
        contentHash,
        blobKey: newId(),
        createdBy: null,
      },
      async () => {},
    );
    const stored = await storeSmallDocument(principal, {
      version: {
        documentId,
        contentHash,
        blobKey: null,
        parser: "test",
        text: "",
        pageCount: 1,
        unreadablePages: [],
      },
      pages: [],
      owner: { collectionId, documentId, vectorSpace: "test/space" },
      chunks: Array.from({ length: perDocument }, (_, ordinal) => ({
        ordinal,
        start: 0,
        end: 0,
        page: null,
        headingPath: [],
        text: `Passage number ${first + ordinal}.`,
        searchTerms: `passage number ${first + ordinal}`,
        contentKey: newId(),
        embedding: randomVector(first + ordinal + 1, 384),
      })),
      activation: {
        documentId,
        contentHash,
        title: `Document ${first}`,
        mediaType: "text/plain",
        pageCount: null,
        stateDetail: null,
      },
    });
    if (stored !== null) versions.set(documentId, stored.versionId);
  }
  return versions;
}
