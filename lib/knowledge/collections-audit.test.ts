import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

// Read once per process, so it must be set before anything asks.
const dataDir = mkdtempSync(join(tmpdir(), "vouch-audit-"));
vi.stubEnv("VOUCH_DATA_DIR", dataDir);

import {
  createOrganisation,
  createUser,
  findPrincipalOfMember,
  verifyAuditChain,
} from "../identity/index.ts";
import type { Principal, Role } from "../identity/schema.ts";
import { withSystem } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { newId } from "../shared/ids.ts";
import { addTextDocument } from "./add-document.ts";
import { createCollection, deleteCollection, updateCollection } from "./collections.ts";
import { deleteDocument } from "./documents.ts";
import { seedSamples } from "./seed-samples.ts";

let testDatabase: TestDatabase;
let orgId: string;
let editor: Principal;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  orgId = await createOrganisation("Example");
  editor = await createPerson("editor");
});

afterAll(async () => {
  await testDatabase.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function createPerson(role: Role): Promise<Principal> {
  const account = { email: `${newId()}@example.test`, name: role, role, password: "correct horse battery" };
  const userId = await createUser({ orgId, userId: null }, account);
  const principal = await findPrincipalOfMember(orgId, userId);
  if (principal === null) throw new Error("no account");
  return principal;
}

/** The lines of the audit log about one thing, oldest first, once the whole chain is found unbroken. */
async function auditOf(subjectId: string) {
  expect(await verifyAuditChain(orgId)).toMatchObject({ ok: true });
  const rows = await withSystem((transaction) =>
    transaction.execute<{ actor: string | null; action: string; type: string; detail: unknown }>(sql`
      select actor_id as actor, action, subject_type as type, detail from audit_event
      where org_id = ${orgId} and subject_id = ${subjectId} order by sequence`),
  );
  return Array.from(rows);
}

const create = (visibility: "organisation" | "private" = "organisation") =>
  createCollection(editor, { name: "Secret name", description: "", visibility });

describe("the audit log", () => {
  it("holds the making, the changes and the end of a collection, but none of its words", async () => {
    const { id } = await create("private");
    await updateCollection(editor, id, { name: "Other name", visibility: "organisation" });
    await updateCollection(editor, id, { description: "Words" });
    await updateCollection(editor, id, {});
    await deleteCollection(editor, id);
    const line = { actor: editor.userId, type: "collection" };
    expect(await auditOf(id)).toEqual([
      { ...line, action: "collection.create", detail: { visibility: "private" } },
      {
        ...line,
        action: "collection.update",
        detail: { fields: "name visibility", visibility: "organisation" },
      },
      { ...line, action: "collection.update", detail: { fields: "description", visibility: null } },
      { ...line, action: "collection.delete", detail: {} },
    ]);
  });

  it("holds a document that was added and deleted; the same bytes again add nothing", async () => {
    const { id: collectionId } = await create();
    const text = { title: "Report", text: "The pump was replaced in May." };
    const { id } = await addTextDocument(editor, collectionId, text);
    expect(await addTextDocument(editor, collectionId, text)).toMatchObject({ id, isNew: false });
    await deleteDocument(editor, id);
    const line = { actor: editor.userId, type: "document", detail: { collectionId } };
    expect(await auditOf(id)).toEqual([
      { ...line, action: "document.add" },
      { ...line, action: "document.delete" },
    ]);
  });

  it("holds each document that went with its collection", async () => {
    const { id: collectionId } = await create();
    const { id } = await addTextDocument(editor, collectionId, {
      title: "Report",
      text: "The valve was kept.",
    });
    await deleteCollection(editor, collectionId);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(["document.add", "document.delete"]);
    expect((await auditOf(collectionId)).at(-1)?.action).toBe("collection.delete");
  });

  it("holds one line for a deed that several requests ask for at once", async () => {
    const { id: collectionId } = await create();
    const { id } = await addTextDocument(editor, collectionId, { title: "Report", text: "Nobody objected." });
    await Promise.allSettled([1, 2, 3].map(() => deleteDocument(editor, id)));
    await Promise.allSettled([1, 2, 3].map(() => deleteCollection(editor, collectionId)));
    expect((await auditOf(id)).filter(({ action }) => action === "document.delete")).toHaveLength(1);
    expect((await auditOf(collectionId)).filter(({ action }) => action === "collection.delete")).toHaveLength(
      1,
    );
  });

  it("holds nothing of what was refused", async () => {
    const member = await createPerson("member");
    const { id } = await create();
    const input = { name: "Mine", description: "", visibility: "organisation" as const };
    await expect(createCollection(member, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(updateCollection(member, id, { name: "Mine" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteCollection(member, id)).rejects.toMatchObject({ code: "forbidden" });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(["collection.create"]);
  });

  it("names no person for the samples that the program adds itself", async () => {
    const bytes = Buffer.from("Sample text.");
    const collectionId = await seedSamples({ orgId }, { name: "S", files: [{ fileName: "s.md", bytes }] });
    const lines = await withSystem((transaction) =>
      transaction.execute(sql`
        select actor_id as actor from audit_event
        where org_id = ${orgId} and detail->>'collectionId' = ${collectionId}`),
    );
    expect(Array.from(lines)).toEqual([{ actor: null }]);
  });
});
