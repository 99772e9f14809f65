import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { database } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { findOutdatedCitations } from "./find-outdated-citations.ts";
import { startAnswer } from "./start-answer.ts";
import {
  ask,
  changeDocument,
  createDocument,
  createMember,
  createProcess,
  DOCUMENT_TEXT,
  type FoundDocument,
  say,
  scriptedDeps,
} from "./test-chat.ts";

let testDatabase: TestDatabase;
let owner: Principal;
let document: FoundDocument;
const here = createProcess();

/** An answer with two citations of the document. */
async function answer() {
  const deps = scriptedDeps(() => say("The pump was replaced in May. [1] Nobody objected. [1]"), document);
  const started = await startAnswer(owner, ask("What happened to the pump?"), here, deps);
  await here.runs.get(started.generationId)?.done;
  return started;
}

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  owner = await createMember();
  document = await createDocument(owner.orgId);
});

afterAll(() => testDatabase.close());

describe("an answer", () => {
  it("is outdated where its document says something else by now, and only there", async () => {
    const { conversationId, messageId } = await answer();
    expect(await findOutdatedCitations(owner, conversationId)).toEqual([]);
    const text = DOCUMENT_TEXT.replace("in May", "in June");
    const versionId = await changeDocument(owner.orgId, document, text);
    const outdated = await findOutdatedCitations(owner, conversationId);
    expect(outdated).toMatchObject([
      { state: "changed", messageId, marker: 1, now: { versionId, text: "The pump was replaced in June." } },
    ]);
    await changeDocument(owner.orgId, document, DOCUMENT_TEXT);
    expect(await findOutdatedCitations(owner, conversationId)).toEqual([]);
  });

  it("says that a document cannot be opened any more, and not why", async () => {
    const { conversationId, messageId } = await answer();
    await database().drizzle.execute(
      sql`update collection set visibility = 'private' where id = ${document.collectionId}`,
    );
    const gone = [1, 2].map((marker) => ({ state: "gone", messageId, marker }));
    expect(await findOutdatedCitations(owner, conversationId)).toEqual(gone);
    await database().drizzle.execute(sql`delete from document where id = ${document.documentId}`);
    expect(await findOutdatedCitations(owner, conversationId)).toEqual(gone);
  });

  it("of somebody else is not judged at all", async () => {
    const { conversationId } = await answer();
    const colleague = await createMember("Colleague", owner.orgId);
    await expect(findOutdatedCitations(colleague, conversationId)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
