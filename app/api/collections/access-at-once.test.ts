import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

// Read once per process, so it must be set before anything asks.
const dataDir = mkdtempSync(join(tmpdir(), "vouch-access-"));
vi.stubEnv("VOUCH_DATA_DIR", dataDir);

import {
  PUT as putAccess,
  DELETE as removeAccess,
} from "@/app/api/collections/[id]/access/[userId]/route.ts";
import { GET as listDocuments } from "@/app/api/collections/[id]/documents/route.ts";
import { GET as getCollection, PATCH as patchCollection } from "@/app/api/collections/[id]/route.ts";
import { GET as getStatus } from "@/app/api/collections/[id]/status/route.ts";
import { callRoute } from "@/app/api/collections/http-for-tests.ts";
import { GET as listCollections } from "@/app/api/collections/route.ts";
import { GET as getContent } from "@/app/api/documents/[id]/content/route.ts";
import { GET as getIndexPage } from "@/app/api/documents/[id]/index/[page]/route.ts";
import { GET as getIndex } from "@/app/api/documents/[id]/index/route.ts";
import { GET as getPage } from "@/app/api/documents/[id]/pages/[page]/route.ts";
import { GET as getDocument } from "@/app/api/documents/[id]/route.ts";
import { GET as getText } from "@/app/api/documents/[id]/text/route.ts";
import { POST as search } from "@/app/api/search/route.ts";
import { createShare, findCollectionModel, listCollectionModels, readShare } from "@/lib/chat/index.ts";
import { startAnswer } from "@/lib/chat/start-answer.ts";
import { createProcess, say, scriptedDeps } from "@/lib/chat/test-chat.ts";
import { createTestAccount, type TestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createOrganisation } from "@/lib/identity/index.ts";
import { createCollection } from "@/lib/knowledge/index.ts";
import { uploadAndIngest } from "@/lib/knowledge/test-knowledge.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "@/lib/platform/rate-limit/index.ts";
import { newId } from "@/lib/shared/ids.ts";

/** Stands in the document and nowhere else. */
const CANARY = "zanzibarine";
const TEXT = `The pump was replaced in May. The ${CANARY} valve was kept.`;

let db: TestDatabase;
let orgId: string;
let owner: TestAccount;
let reader: TestAccount;
let collectionId: string;
let documentId: string;
let versionId: string;
/** Token of a link the reader made to an answer that quotes the document. */
let shareToken: string;

beforeAll(async () => {
  db = await startTestDatabase();
  orgId = await createOrganisation("Example");
  owner = await createTestAccount(orgId, "editor");
});
afterAll(async () => {
  await db.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 }));
  reader = await createTestAccount(orgId, "member");
  const input = { name: "Pumps", description: "", visibility: "private" } as const;
  ({ id: collectionId } = await createCollection(owner.principal, input));
  const document = await uploadAndIngest(owner.principal, collectionId, "pumps.md", TEXT);
  documentId = document.id;
  versionId = document.activeVersionId ?? "";
});

function grant(): Promise<Response> {
  const params = { id: collectionId, userId: reader.principal.userId };
  return callRoute(putAccess, { as: owner, method: "PUT", params, body: { level: "read" } });
}

function withdraw(): Promise<Response> {
  const params = { id: collectionId, userId: reader.principal.userId };
  return callRoute(removeAccess, { as: owner, method: "DELETE", params });
}

function setVisibility(visibility: string): Promise<Response> {
  const call = { as: owner, method: "PATCH", params: { id: collectionId }, body: { visibility } };
  return callRoute(patchCollection, call);
}

/** Every address that tells something of the collection, as the reader meets it: status and body. */
async function everythingRead(): Promise<Record<string, { status: number; body: string }>> {
  const here = { as: reader, params: { id: collectionId } };
  const of = { as: reader, params: { id: documentId } };
  const page = { as: reader, params: { id: documentId, page: "1" } };
  const query = `?version=${versionId}`;
  const find = (body: object) => callRoute(search, { as: reader, method: "POST", body });
  const answers: Record<string, Promise<Response>> = {
    collection: callRoute(getCollection, here),
    documents: callRoute(listDocuments, here),
    status: callRoute(getStatus, here),
    document: callRoute(getDocument, of),
    // What an open source panel asks for, of the version that a citation names.
    text: callRoute(getText, { ...of, query }),
    page: callRoute(getPage, { ...page, query }),
    content: callRoute(getContent, { ...of, query }),
    index: callRoute(getIndex, of),
    indexPage: callRoute(getIndexPage, page),
    collections: callRoute(listCollections, { as: reader }),
    search: find({ query: CANARY }),
    searchHere: find({ query: CANARY, collectionIds: [collectionId] }),
    searchDocument: find({ query: CANARY, documentIds: [documentId] }),
    searchByMeaning: find({ query: TEXT, mode: "semantic" }),
  };
  const read: Record<string, { status: number; body: string }> = {};
  for (const [name, answer] of Object.entries(answers)) {
    const { status, headers } = await answer;
    expect(headers.get("cache-control"), `${name} is kept by no cache`).toBe("no-store");
    read[name] = { status, body: await (await answer).text() };
  }
  return read;
}

const OPEN_LISTS = ["collections", "search", "searchHere", "searchDocument", "searchByMeaning"];

async function canReadEverything(): Promise<void> {
  for (const [name, { status, body }] of Object.entries(await everythingRead())) {
    expect(status, name).toBe(200);
    if (/search|text|content|indexPage/i.test(name)) expect(body, name).toContain(CANARY);
  }
  expect(await findCollectionModel(reader.principal, modelName())).toBeDefined();
}

async function canReadNothing(): Promise<void> {
  for (const [name, { status, body }] of Object.entries(await everythingRead())) {
    expect(status, name).toBe(OPEN_LISTS.includes(name) ? 200 : 404);
    // The question itself comes back in the trace.
    const told = name.startsWith("search") ? JSON.stringify(JSON.parse(body).results) : body;
    expect(told, name).not.toContain(CANARY);
    expect(told, name).not.toContain(documentId);
    if (name === "collections") expect(told).not.toContain(collectionId);
  }
  const models = await listCollectionModels(reader.principal);
  expect(models.map((model) => model.collectionId)).not.toContain(collectionId);
  expect(await findCollectionModel(reader.principal, modelName())).toBeUndefined();
}

/** The collection as a model of the API, by the name that always means it. */
function modelName(): string {
  return `vouch/${collectionId}`;
}

/** The reader asks about the document and makes a link to the answer. */
async function shareAnAnswer(): Promise<void> {
  const here = createProcess();
  const found = { collectionId, documentId, versionId };
  const deps = scriptedDeps(() => say("The pump was replaced in May. [1]"), found);
  const request = { idempotencyKey: newId(), message: { type: "text" as const, text: "When?" } };
  const started = await startAnswer(reader.principal, request, here, deps);
  await here.runs.get(started.generationId)?.done;
  const { url } = await createShare(reader.principal, started.conversationId, { sources: true });
  shareToken = url.slice(url.lastIndexOf("/") + 1);
}

describe("a change of access acts on the very next request", () => {
  it("when a reader is added and taken off: search, documents, source panel, model and link", async () => {
    await canReadNothing();
    await grant();
    await canReadEverything();
    await shareAnAnswer();
    expect(JSON.stringify(await readShare(shareToken))).toContain("replaced in May");
    await withdraw();
    await canReadNothing();
    expect(JSON.stringify(await readShare(shareToken))).not.toContain("replaced in May");
    await grant();
    await canReadEverything();
    expect(JSON.stringify(await readShare(shareToken))).toContain("replaced in May");
  });

  it("when the collection is opened to the organisation and closed again", async () => {
    await canReadNothing();
    await setVisibility("organisation");
    await canReadEverything();
    await setVisibility("private");
    await canReadNothing();
  });
});
