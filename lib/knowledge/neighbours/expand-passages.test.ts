import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import type { SearchResult } from "../schema.ts";
import { makeOrganisation, makePrincipal } from "../test-knowledge.ts";
import { expandPassages } from "./expand-passages.ts";

let testDatabase: TestDatabase;
let reader: Principal;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  reader = makePrincipal(await makeOrganisation());
});

afterAll(() => testDatabase.close());

/** A stored document of passages that are divided by blank lines, and its passages as a search finds them. */
async function store(sentences: readonly string[], settings: object = {}) {
  const { orgId } = reader;
  const [collectionId, documentId, versionId] = [newId(), newId(), newId()];
  const text = sentences.join("\n\n");
  const found: SearchResult[] = [];
  await withSystem(async (transaction) => {
    await transaction.execute(sql`insert into collection (id, org_id, name, visibility, settings)
      values (${collectionId}, ${orgId}, 'Logs', 'organisation', ${JSON.stringify(settings)}::jsonb)`);
    await transaction.execute(sql`insert into document (id, org_id, collection_id, title, file_name, media_type,
        size_bytes, content_hash, blob_key, state, active_version_id)
      values (${documentId}, ${orgId}, ${collectionId}, 'Log', 'log.txt', 'text/plain', 1, ${documentId}, 'key', 'ready', ${versionId})`);
    await transaction.execute(sql`insert into document_version (id, org_id, document_id, state, content_hash, parser,
        text, page_count, unreadable_pages)
      values (${versionId}, ${orgId}, ${documentId}, 'active', 'hash', 'test', ${text}, 1, '{}')`);
    let start = 0;
    for (const [ordinal, sentence] of sentences.entries()) {
      const chunkId = newId();
      const end = start + sentence.length;
      const page = ordinal < 2 ? 1 : 2;
      await transaction.execute(sql`insert into chunk (id, org_id, collection_id, document_id, version_id, content_key,
          heading_path, text, search_terms, terms_version)
        values (${chunkId}, ${orgId}, ${collectionId}, ${documentId}, ${versionId}, ${chunkId}, '{}', ${sentence}, '', 1)`);
      await transaction.execute(sql`insert into chunk_place (version_id, ordinal, org_id, chunk_id, start, "end", page)
        values (${versionId}, ${ordinal}, ${orgId}, ${chunkId}, ${start}, ${end}, ${page})`);
      found.push({
        ...{ chunkId, collectionId, documentId, versionId, page, start, end, text: sentence },
        ...{ title: "Log", fileName: "log.txt", mediaType: "text/plain", headingPath: [] },
        scores: { keyword: 1, semantic: null, fused: 1, rerank: null },
      });
      start = end + 2;
    }
  });
  return { text, collectionId, at: (ordinal: number) => found[ordinal] as SearchResult };
}

const SENTENCES = ["One pump.", "Two valves.", "Three seals.", "Four bolts.", "Five nuts.", "Six keys."];

describe("expandPassages", () => {
  it("reads a passage with its neighbours as one span, on the page where it begins", async () => {
    const { text, at } = await store(SENTENCES);
    const [joined] = await expandPassages(reader, [at(2)], 1_000);
    expect(joined?.passage).toMatchObject({ text: "Two valves.\n\nThree seals.\n\nFour bolts.", page: 1 });
    expect(text.slice(joined?.passage.start, joined?.passage.end)).toBe(joined?.passage.text);
    expect(joined).toMatchObject({ isExpanded: true, joined: 0 });
  });

  it("stays exact where characters of two units stand in and before it", async () => {
    const { text, at } = await store(["𝟘𝟙 first 🙂.", ...SENTENCES, "last 🙂🙂."]);
    for (const ordinal of [0, 1, 3, 7]) {
      const [joined] = await expandPassages(reader, [at(ordinal)], 1_000);
      expect(text.slice(joined?.passage.start, joined?.passage.end)).toBe(joined?.passage.text);
      expect(joined?.isExpanded).toBe(true);
    }
  });

  it("goes as far as the collection says, and no further than the length allows", async () => {
    const none = await store(SENTENCES, { neighbours: 0 });
    expect((await expandPassages(reader, [none.at(2)], 1_000))[0]?.passage).toEqual(none.at(2));
    const wide = await store(SENTENCES, { neighbours: 3 });
    expect((await expandPassages(reader, [wide.at(2)], 1_000))[0]?.passage.text).toBe(wide.text);
    expect((await expandPassages(reader, [wide.at(2)], 20))[0]?.passage).toEqual(wide.at(2));
  });

  it("reads nothing around what the reader may no longer read", async () => {
    const { at, collectionId } = await store(SENTENCES);
    await withSystem((transaction) =>
      transaction.execute(sql`update collection set visibility = 'private' where id = ${collectionId}`),
    );
    const [joined] = await expandPassages(reader, [at(2)], 1_000);
    expect(joined?.passage).toEqual(at(2));
  });
});
