import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { createCollection } from "../collections.ts";
import { searchResponseSchema } from "../schema.ts";
import { makeOrganisation, makePrincipal, uploadAndIngest } from "../test-knowledge.ts";
import { search } from "./search.ts";
import { keywordEngine } from "./search-context.ts";
import { warmUpSearch } from "./warm-up.ts";

let testDatabase: TestDatabase;
let dataDir: string;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-search-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
});

afterAll(async () => {
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

describe("before the first search", () => {
  it("the vectors and words of every organisation that has some are read", async () => {
    const principal = makePrincipal(await makeOrganisation());
    const collection = await createCollection(principal, {
      name: "W",
      description: "",
      visibility: "private",
    });
    await uploadAndIngest(principal, collection.id, "warm.txt", "The stove is warm.");
    const [stored] = await withSystem((transaction) =>
      transaction.execute<{ organisations: number; vectors: number; passages: number }>(sql`
        select count(distinct org_id)::integer as organisations, count(*)::integer as vectors,
          (select count(*)::integer from chunk) as passages from chunk_vector`),
    );
    expect(stored?.vectors).toBeGreaterThan(0);
    expect(await warmUpSearch()).toEqual(stored);
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
      reranker: "built-in",
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
