import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { withSystem } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { newId } from "../../shared/ids.ts";
import { makeOrganisation, makePrincipal } from "../test-knowledge.ts";
import { findOutdatedSpans } from "./find-outdated-spans.ts";

const OLD =
  "Pump log.\n\nThe pump was replaced in May 2024. The valve was kept.\n\nNobody objected to the plan.";

let testDatabase: TestDatabase;
let reader: Principal;
let collectionId: string;
let documentId: string;
let versionId: string;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
});

afterAll(() => testDatabase.close());

async function addVersion(text: string): Promise<string> {
  const id = newId();
  const { orgId } = reader;
  await withSystem(async (transaction) => {
    await transaction.execute(sql`
      update document_version set state = 'superseded' where org_id = ${orgId} and document_id = ${documentId}`);
    await transaction.execute(sql`
      insert into document_version (id, org_id, document_id, state, content_hash, parser, text, page_count, unreadable_pages)
      values (${id}, ${orgId}, ${documentId}, 'active', ${id}, 'test', ${text}, 1, '{}')`);
    await transaction.execute(sql`update document set active_version_id = ${id} where id = ${documentId}`);
  });
  return id;
}

beforeEach(async () => {
  reader = makePrincipal(await makeOrganisation());
  [collectionId, documentId] = [newId(), newId()];
  await withSystem(async (transaction) => {
    await transaction.execute(sql`insert into collection (id, org_id, name, visibility)
      values (${collectionId}, ${reader.orgId}, 'Logs', 'organisation')`);
    await transaction.execute(sql`insert into document (id, org_id, collection_id, title, file_name, media_type,
        size_bytes, content_hash, blob_key, state)
      values (${documentId}, ${reader.orgId}, ${collectionId}, 'Log', 'log.txt', 'text/plain', 1, ${documentId}, 'key', 'ready')`);
  });
  versionId = await addVersion(OLD);
});

function cite(quote: string) {
  const start = OLD.indexOf(quote);
  return { documentId, versionId, start, end: start + quote.length, quote };
}

const pump = () => cite("The pump was replaced in May 2024.");
const plan = () => cite("Nobody objected to the plan.");

describe("quoted words", () => {
  it("are current while their version is, and when they only moved", async () => {
    expect(await findOutdatedSpans(reader, [pump(), plan()])).toEqual([]);
    await addVersion(`A new first page.\n\n${OLD.replace("replaced in May", "replaced\nin  May")}`);
    expect(await findOutdatedSpans(reader, [pump(), plan()])).toEqual([]);
  });

  it("are outdated when the newest version says otherwise, and only those", async () => {
    const text = OLD.replace("in May 2024", "in June 2025");
    const newest = await addVersion(text);
    const outdated = await findOutdatedSpans(reader, [pump(), plan()]);
    expect(outdated).toHaveLength(1);
    const [first] = outdated;
    expect(first).toMatchObject({ state: "changed", span: { quote: pump().quote } });
    const now = first?.state === "changed" ? first.now : null;
    expect(now).toMatchObject({ versionId: newest, text: "The pump was replaced in June 2025.", page: null });
    expect(text.slice(now?.start, now?.end)).toBe(now?.text);
  });

  it("are outdated without a successor when nothing in the newest version comes near", async () => {
    await addVersion("The canteen serves soup on Mondays.");
    expect(await findOutdatedSpans(reader, [pump()])).toMatchObject([{ state: "changed", now: null }]);
  });

  it("are gone alike when the document is deleted, being deleted, foreign or no longer shared", async () => {
    const gone = [{ state: "gone", span: pump() }];
    expect(await findOutdatedSpans(makePrincipal(await makeOrganisation()), [pump()])).toEqual(gone);
    await withSystem((transaction) =>
      transaction.execute(sql`update collection set visibility = 'private' where id = ${collectionId}`),
    );
    expect(await findOutdatedSpans(reader, [pump()])).toEqual(gone);
    await withSystem(async (transaction) => {
      await transaction.execute(
        sql`update collection set visibility = 'organisation' where id = ${collectionId}`,
      );
      await transaction.execute(sql`update document set state = 'deleting' where id = ${documentId}`);
    });
    expect(await findOutdatedSpans(reader, [pump()])).toEqual(gone);
    await withSystem((transaction) =>
      transaction.execute(sql`delete from document where id = ${documentId}`),
    );
    expect(await findOutdatedSpans(reader, [pump()])).toEqual(gone);
  });
});
