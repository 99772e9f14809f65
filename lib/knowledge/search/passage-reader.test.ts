import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { createCollection } from "../collections.ts";
import { listedTerms } from "../keywords/term-list.ts";
import type { FoundCandidates } from "../queries/find-candidates.ts";
import { searchRequestSchema } from "../schema.ts";
import { makeOrganisation, makePrincipal } from "../test-knowledge.ts";
import { storeTestDocuments } from "../test-passages.ts";
import { PassageReader } from "./passage-reader.ts";
import { readResults } from "./read-results.ts";
import { searchDeps } from "./search-context.ts";
import { SearchSteps } from "./search-steps.ts";
import { understandQuestion } from "./understand-question.ts";

let testDatabase: TestDatabase;
let principal: Principal;
let chunkIds: readonly string[];
let documentIds: string[];

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  principal = makePrincipal(await makeOrganisation(), "admin");
  const { id: collectionId } = await createCollection(principal, {
    name: "C",
    description: "",
    visibility: "organisation",
  });
  const stored = await storeTestDocuments(
    Array.from({ length: 12 }, (_, index) => ({
      orgId: principal.orgId,
      collectionId,
      title: `Document ${index}`,
      space: "test/space",
      passages: [{ terms: `zebra number${index}`, vector: new Float32Array(3).fill(0.1) }],
    })),
  );
  chunkIds = stored.flatMap((document) => document.chunkIds);
  documentIds = stored.map(({ documentId }) => documentId);
});
afterAll(() => testDatabase.close());

/** What a search knows of its candidates without reading them. */
const knowing = (ids: readonly string[]) =>
  ({
    known: (id: string) =>
      ids.includes(id)
        ? { documentId: `document of ${id}`, title: "Known", terms: listedTerms(["known"]) }
        : undefined,
  }) as FoundCandidates;

function makeReader() {
  const steps = new SearchSteps();
  return { reader: new PassageReader(principal, {}, steps), steps };
}

describe("a reader of passages", () => {
  it("reads nothing that can be ranked by what is known, and the others with their words", async () => {
    const { reader, steps } = makeReader();
    const [first = "", second = "", third = ""] = chunkIds;
    expect(await reader.rankable([first], knowing([first]), false)).toMatchObject([{ title: "Known" }]);
    expect([reader.get(first), steps.list()]).toEqual([undefined, []]);
    const mixed = await reader.rankable([first, second, third], knowing([first]), false);
    expect(mixed.map(({ title }) => title)).toEqual(["Known", "Document 1", "Document 2"]);
    expect(mixed[1]?.terms.spell()).toEqual(["zebra", "number1"]);
    expect(steps.list().map(({ summary }) => summary)).toEqual(["2 passages read."]);
  });

  it("reads each passage once, with its text where that is needed", async () => {
    const { reader, steps } = makeReader();
    await reader.rankable(chunkIds.slice(0, 3), knowing(chunkIds), true);
    await reader.read(chunkIds.slice(0, 4));
    expect(chunkIds.slice(0, 5).map((id) => reader.get(id)?.title)).toEqual([
      ...[0, 1, 2, 3].map((index) => `Document ${index}`),
      undefined,
    ]);
    expect(steps.list().map(({ summary }) => summary)).toEqual(["3 passages read.", "1 passage read."]);
  });

  it("leaves out what is not the reader's to see, also where it is known", async () => {
    const stranger = makePrincipal(await makeOrganisation(), "admin");
    const reader = new PassageReader(stranger, {}, new SearchSteps());
    expect(await reader.rankable(chunkIds, knowing(chunkIds), true)).toEqual([]);
    expect(await reader.rankable(chunkIds, undefined, false)).toEqual([]);
  });
});

describe("the results of a search", () => {
  it("are as many as asked for, the next in place of one that went since it was ranked", async () => {
    const { reader, steps } = makeReader();
    const ranked = chunkIds.map((chunkId, index) => ({
      chunkId,
      documentId: documentIds[index] ?? "",
      title: `Document ${index}`,
      terms: listedTerms([]),
      fused: { id: chunkId, keyword: 1, semantic: null, fused: 1 },
      score: 1 - index / 100,
      tier: 0,
      matched: [],
    }));
    await withSystem((transaction) =>
      transaction.execute(sql`delete from document where id = ${documentIds[1]}`),
    );
    const request = searchRequestSchema.parse({ query: "zebra", limit: 4 });
    const question = understandQuestion("zebra");
    const { results } = await readResults({ request, question, steps, deps: searchDeps }, ranked, reader);
    expect(results.map(({ title, text }) => [title, text])).toEqual(
      [0, 2, 3, 4].map((index) => [`Document ${index}`, `zebra number${index}`]),
    );
  });
});
