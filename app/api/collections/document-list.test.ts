import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PUT as putAccess } from "@/app/api/collections/[id]/access/[userId]/route.ts";
import { POST as batch } from "@/app/api/collections/[id]/documents/batch/route.ts";
import { GET as listDocuments } from "@/app/api/collections/[id]/documents/route.ts";
import { GET as getStatus } from "@/app/api/collections/[id]/status/route.ts";
import { callRoute } from "@/app/api/collections/http-for-tests.ts";
import { GET as getIndexPage } from "@/app/api/documents/[id]/index/[page]/route.ts";
import { GET as getIndex } from "@/app/api/documents/[id]/index/route.ts";
import { createTestAccount, type TestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createOrganisation } from "@/lib/identity/index.ts";
import { createCollection } from "@/lib/knowledge/index.ts";
import type {
  CollectionStatus,
  Document,
  DocumentBatchResult,
  DocumentIndex,
  DocumentIndexPage,
} from "@/lib/knowledge/schema.ts";
import { withSystem } from "@/lib/platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "@/lib/platform/rate-limit/index.ts";
import { newId } from "@/lib/shared/ids.ts";

let db: TestDatabase;
let owner: TestAccount;
let reader: TestAccount;
let foreigner: TestAccount;

beforeAll(async () => {
  db = await startTestDatabase();
  const orgId = await createOrganisation("Example");
  owner = await createTestAccount(orgId, "member");
  reader = await createTestAccount(orgId, "member");
  foreigner = await createTestAccount(await createOrganisation("Elsewhere"), "admin");
});
afterAll(() => db.close());
beforeEach(() => setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 })));

async function makeCollection(): Promise<string> {
  const input = { name: "Files", description: "", visibility: "private" } as const;
  const { id } = await createCollection(owner.principal, input);
  const params = { id, userId: reader.principal.userId };
  await callRoute(putAccess, { as: owner, method: "PUT", params, body: { level: "read" } });
  return id;
}

/** Rows as the pipeline leaves them, many at once. */
async function insertDocuments(collectionId: string, count: number, state = "ready"): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    title: `Report ${String(index).padStart(4, "0")}`,
    size: (index * 37) % 101,
    pages: index % 7 === 0 ? null : index % 5,
  }));
  await withSystem((transaction) =>
    transaction.execute(sql`
      insert into document (id, org_id, collection_id, title, file_name, media_type, size_bytes, content_hash,
        blob_key, state, page_count, updated_at)
      select r.id, ${owner.principal.orgId}, ${collectionId}, r.title, r.title || '.pdf', 'application/pdf', r.size,
        r.id::text, r.id::text, ${state}, r.pages, now() + r.size * interval '1 minute'
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id uuid, title text, size bigint, pages integer)`),
  );
  return rows.map(({ id }) => id);
}

async function page(id: string, query: string, as = owner) {
  const answer = await callRoute(listDocuments, { as, params: { id }, query });
  return {
    status: answer.status,
    ...((await answer.json()) as { documents: Document[]; next: string | null }),
  };
}

/** All pages of a list, one after another. */
async function readAll(id: string, query: string): Promise<Document[]> {
  const all: Document[] = [];
  let next: string | null = null;
  do {
    const before = next === null ? "" : `&before=${encodeURIComponent(next)}`;
    const answer = await page(id, `?${query}${before}`);
    all.push(...answer.documents);
    next = answer.next;
  } while (next !== null);
  return all;
}

describe("the list of a collection's documents", () => {
  let id: string;
  let ids: string[];
  beforeAll(async () => {
    id = await makeCollection();
    ids = await insertDocuments(id, 1_234);
  });

  it("goes on past every page, each document once, newest first", async () => {
    const all = await readAll(id, "limit=500");
    expect(all.map((document) => document.id)).toEqual(ids.toReversed());
  });

  it.each([
    ["title", "asc", (document: Document) => document.title],
    ["title", "desc", (document: Document) => document.title],
    ["size", "desc", (document: Document) => document.sizeBytes],
    ["size", "asc", (document: Document) => document.sizeBytes],
    ["pages", "desc", (document: Document) => document.pageCount ?? 0],
    ["updated", "asc", (document: Document) => document.updatedAt],
    ["added", "asc", (document: Document) => document.id],
  ] as const)("sorts by %s, %s, over all pages, with many of one value", async (sort, order, key) => {
    const all = await readAll(id, `limit=200&sort=${sort}&order=${order}`);
    expect(new Set(all.map((document) => document.id)).size).toBe(ids.length);
    const keys = all.map((document): string | number => key(document));
    const sorted = keys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(order === "asc" ? sorted : sorted.toReversed());
  });

  it("is narrowed by words of title or file name, which are no patterns", async () => {
    const found = await page(id, "?q=REPORT%20123");
    expect(found.documents.map(({ title }) => title)).toEqual([
      "Report 1233",
      "Report 1232",
      "Report 1231",
      "Report 1230",
    ]);
    expect((await page(id, "?q=%25")).documents).toEqual([]);
    expect((await page(id, "?q=_eport")).documents).toEqual([]);
  });

  it("refuses a place that no list of this order gave", async () => {
    const cursor = (await page(id, "?limit=10&sort=size")).next ?? "";
    for (const query of [
      "?before=nothing",
      "?sort=size&before=00000000-0000-7000-8000-000000000000",
      `?sort=updated&before=${encodeURIComponent(cursor)}`,
      `?before=${encodeURIComponent(cursor)}`,
    ]) {
      expect((await page(id, query)).status).toBe(400);
    }
  });

  it("is not found for those who may not read it", async () => {
    expect((await page(id, "", foreigner)).status).toBe(404);
    expect((await page(id, "", reader)).status).toBe(200);
  });
});

describe("how far a collection is", () => {
  it("counts by state, and leaves out what is being deleted", async () => {
    const id = await makeCollection();
    await insertDocuments(id, 3, "ready");
    await insertDocuments(id, 2, "failed");
    await insertDocuments(id, 4, "deleting");
    const waiting = await insertDocuments(id, 5, "queued");
    await withSystem((transaction) =>
      transaction.execute(
        sql`update document set priority = 'offline', is_paused = true where id = ${waiting[0]}`,
      ),
    );
    const answer = await callRoute(getStatus, { as: reader, params: { id } });
    expect((await answer.json()) as CollectionStatus).toMatchObject({
      counts: { working: 5, ready: 3, failed: 2, cancelled: 0 },
      paused: 1,
      waitingOffline: 1,
    });
    expect((await page(id, "?state=working")).documents).toHaveLength(5);
    expect((await page(id, "?state=failed")).documents).toHaveLength(2);
    expect((await page(id, "")).documents).toHaveLength(10);
  });
});

describe("a deed on several documents", () => {
  it("is done where it can be, and names what was left and why", async () => {
    const id = await makeCollection();
    const elsewhere = await insertDocuments(await makeCollection(), 1, "failed");
    const failed = await insertDocuments(id, 2, "failed");
    const ready = await insertDocuments(id, 1, "ready");
    const documentIds = [...failed, ...ready, ...elsewhere, newId()];
    const body = { action: "retry", documentIds };
    const answer = await callRoute(batch, { as: owner, method: "POST", params: { id }, body });
    const result = (await answer.json()) as DocumentBatchResult;
    expect(result.done.toSorted()).toEqual(failed.toSorted());
    expect(result.failed.map(({ code }) => code)).toEqual(["conflict", "not_found", "not_found"]);
    expect((await page(id, "?state=working")).documents).toHaveLength(2);
  });

  it("cancels, pauses and resumes what waits", async () => {
    const id = await makeCollection();
    const documentIds = await insertDocuments(id, 2, "queued");
    const run = async (action: string) => {
      const call = { as: owner, method: "POST", params: { id }, body: { action, documentIds } };
      expect(((await (await callRoute(batch, call)).json()) as DocumentBatchResult).done).toHaveLength(2);
      return (await page(id, "")).documents.map(({ state, isPaused }) => [state, isPaused]);
    };
    expect(await run("pause")).toEqual([
      ["queued", true],
      ["queued", true],
    ]);
    expect(await run("resume")).toEqual([
      ["queued", false],
      ["queued", false],
    ]);
    expect(await run("cancel")).toEqual([
      ["cancelled", false],
      ["cancelled", false],
    ]);
  });

  it("is refused to readers, and not found for others", async () => {
    const id = await makeCollection();
    const body = { action: "delete", documentIds: await insertDocuments(id, 1) };
    const statusFor = async (as: TestAccount) =>
      (await callRoute(batch, { as, method: "POST", params: { id }, body })).status;
    expect(await statusFor(reader)).toBe(403);
    expect(await statusFor(foreigner)).toBe(404);
    expect((await page(id, "")).documents).toHaveLength(1);
  });
});

describe("what the index sees of a document", () => {
  /** Two pages, one passage on the first, one over the border, one on the second. */
  async function insertIndexed(collectionId: string): Promise<string> {
    const [documentId] = await insertDocuments(collectionId, 1);
    const { orgId } = owner.principal;
    const versionId = newId();
    const text = "First page. It ends in the mid\u{1F600}dle of a sentence. Second page.";
    const border = text.indexOf("dle");
    const places = [
      [0, 11, 1],
      [12, 50, 1],
      [51, text.length, 2],
    ] as const;
    await withSystem(async (transaction) => {
      await transaction.execute(sql`
        insert into document_version (id, org_id, document_id, content_hash, parser, text, page_count,
          unreadable_pages, state)
        values (${versionId}, ${orgId}, ${documentId}, 'h', 'test/1', ${text}, 3, '{3}', 'active')`);
      await transaction.execute(sql`
        insert into document_page (org_id, version_id, page, start, "end", runs, state, label)
        values (${orgId}, ${versionId}, 1, 0, ${border}, '[]', 'text', null),
          (${orgId}, ${versionId}, 2, ${border}, ${text.length}, '[]', 'ocr', 'Sheet A'),
          (${orgId}, ${versionId}, 3, ${text.length}, ${text.length}, '[]', 'unreadable', null)`);
      for (const [ordinal, [start, end, onPage]] of places.entries()) {
        const chunkId = newId();
        await transaction.execute(sql`
          insert into chunk (id, org_id, collection_id, document_id, version_id, content_key, heading_path, text,
            search_terms, terms_version)
          values (${chunkId}, ${orgId}, ${collectionId}, ${documentId}, ${versionId}, ${newId()},
            array['Part'], ${text.slice(start, end)}, 'some terms', 1)`);
        await transaction.execute(sql`
          insert into chunk_place (version_id, ordinal, org_id, chunk_id, start, "end", page)
          values (${versionId}, ${ordinal}, ${orgId}, ${chunkId}, ${start}, ${end}, ${onPage})`);
      }
      await transaction.execute(
        sql`update document set active_version_id = ${versionId} where id = ${documentId}`,
      );
    });
    return documentId ?? "";
  }

  it("is its pages with their states, and each page's text cut into passages", async () => {
    const id = await insertIndexed(await makeCollection());
    const index = (await (await callRoute(getIndex, { as: reader, params: { id } })).json()) as DocumentIndex;
    expect(index).toMatchObject({ passageCount: 3, parser: "test/1", vectorSpaces: [] });
    expect(index.pages.map(({ state, label, passages }) => [state, label, passages])).toEqual([
      ["text", null, 2],
      ["ocr", "Sheet A", 1],
      ["unreadable", null, 0],
    ]);
    const read = async (number: string) =>
      (await (
        await callRoute(getIndexPage, { as: reader, params: { id, page: number } })
      ).json()) as DocumentIndexPage;
    const [first, second, third] = [await read("1"), await read("2"), await read("3")];
    expect(first.passages.map(({ ordinal }) => ordinal)).toEqual([0, 1]);
    expect(second.passages.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    // Offsets count UTF-16 units, the emoji's two included.
    expect(first.text + second.text).toContain("mid\u{1F600}dle of a sentence. Second page.");
    expect(second.start).toBe(first.text.length);
    expect(first.passages[0]).toMatchObject({ headingPath: ["Part"], terms: "some terms" });
    expect(third).toMatchObject({ text: "", passages: [], next: null });
  });

  it("is empty for a document that no version could be read of", async () => {
    const [id = ""] = await insertDocuments(await makeCollection(), 1, "failed");
    const answer = await callRoute(getIndex, { as: owner, params: { id } });
    expect(await answer.json()).toMatchObject({ versionId: null, pages: [], passageCount: 0 });
  });

  it("is not found for others, for missing pages and for versions of other documents", async () => {
    const collectionId = await makeCollection();
    const id = await insertIndexed(collectionId);
    const other = await insertIndexed(collectionId);
    const { versionId } = (await (
      await callRoute(getIndex, { as: owner, params: { id: other } })
    ).json()) as DocumentIndex;
    const statuses = [
      (await callRoute(getIndex, { as: foreigner, params: { id } })).status,
      (await callRoute(getIndexPage, { as: foreigner, params: { id, page: "1" } })).status,
      (await callRoute(getIndexPage, { as: owner, params: { id, page: "4" } })).status,
      (await callRoute(getIndex, { as: owner, params: { id }, query: `?version=${versionId}` })).status,
    ];
    expect(statuses).toEqual([404, 404, 404, 404]);
  });
});
