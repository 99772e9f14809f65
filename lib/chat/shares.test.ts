import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../identity/schema.ts";
import { database } from "../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../platform/db/test-database.ts";
import { newId } from "../shared/ids.ts";
import { readShare } from "./read-share.ts";
import { createShare, findShares, revokeShare } from "./shares.ts";
import { startAnswer } from "./start-answer.ts";
import {
  auditOf,
  createDocument,
  createMember,
  createProcess,
  type FoundDocument,
  say,
  scriptedDeps,
} from "./test-chat.ts";

let testDatabase: TestDatabase;
let owner: Principal;
let conversationId: string;
let document: FoundDocument;
const here = createProcess();

async function ask(text: string): Promise<string> {
  const deps = scriptedDeps(() => say("The pump was replaced in May. [1] The moon is cheese."), document);
  const request = { idempotencyKey: newId(), message: { type: "text" as const, text } };
  const more = conversationId === undefined ? {} : { conversationId };
  const started = await startAnswer(owner, { ...request, ...more }, here, deps);
  await here.runs.get(started.generationId)?.done;
  return started.conversationId;
}

const tokenOf = (url: string) => url.slice(url.lastIndexOf("/") + 1);

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  owner = await createMember();
  document = await createDocument(owner.orgId);
  conversationId = await ask("When was the pump replaced?");
});

afterAll(() => testDatabase.close());

describe("a shared link", () => {
  it("shows text and quotes as they were, and nothing that came later", async () => {
    const { url } = await createShare(owner, conversationId, { sources: true });
    await ask("A later secret?");
    const snapshot = await readShare(tokenOf(url));
    expect(snapshot?.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(snapshot?.messages[1]).toMatchObject({
      text: "The pump was replaced in May. [1] The moon is cheese.",
      citations: [{ marker: 1, title: "Report", quote: "The pump was replaced in May." }],
    });
    expect(snapshot?.messages[1]?.unsupported).toHaveLength(1);
    expect(JSON.stringify(snapshot)).not.toContain("later secret");
  });

  it("carries no ids, traces or names of people", async () => {
    const { url } = await createShare(owner, conversationId, { sources: true });
    const text = JSON.stringify(await readShare(tokenOf(url)));
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(text).not.toContain(owner.name);
    expect(text).not.toContain("timings");
  });

  it("leaves the quotes out when its maker said so", async () => {
    const { url } = await createShare(owner, conversationId, { sources: false });
    const snapshot = await readShare(tokenOf(url));
    expect(snapshot?.messages.flatMap(({ citations }) => citations).map(({ quote }) => quote)).toEqual([
      null,
      null,
    ]);
  });

  it("withholds an answer once its document is no longer its maker's to open, and shows it again after", async () => {
    const { url } = await createShare(owner, conversationId, { sources: true });
    const setVisibility = (visibility: string) =>
      database().drizzle.execute(
        sql`update collection set visibility = ${visibility} where id = ${document.collectionId}`,
      );
    await setVisibility("private");
    const withheld = await readShare(tokenOf(url));
    expect(withheld?.messages.at(-1)).toEqual({
      role: "assistant",
      text: "",
      citations: [],
      unsupported: [],
      isWithheld: true,
    });
    expect(JSON.stringify(withheld)).not.toMatch(/replaced in May|Report/);
    expect(withheld?.messages[0]?.text).toBe("When was the pump replaced?");
    await setVisibility("organisation");
    expect((await readShare(tokenOf(url)))?.messages[1]?.text).toContain("replaced in May");
    // Links of earlier versions do not say what they quote: their conversation does.
    await database().drizzle.execute(sql`update share set snapshot = jsonb_set(snapshot, '{messages}',
      (select jsonb_agg(message - 'documentIds') from jsonb_array_elements(snapshot->'messages') message))`);
    expect((await readShare(tokenOf(url)))?.messages[1]?.text).toContain("replaced in May");
    await setVisibility("private");
    expect((await readShare(tokenOf(url)))?.messages[1]?.isWithheld).toBe(true);
    await setVisibility("organisation");
  });

  it("is gone once revoked or expired, and a guess finds nothing", async () => {
    const revoked = await createShare(owner, conversationId, { sources: true });
    await revokeShare(owner, revoked.id);
    expect(await readShare(tokenOf(revoked.url))).toBeNull();
    const expiring = await createShare(owner, conversationId, {
      sources: true,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    expect(await readShare(tokenOf(expiring.url))).not.toBeNull();
    await database().drizzle.execute(
      sql`update share set expires_at = now() - interval '1 second' where id = ${expiring.id}`,
    );
    expect(await readShare(tokenOf(expiring.url))).toBeNull();
    for (const guess of ["", "x", "a".repeat(32), "../../etc/passwd"])
      expect(await readShare(guess)).toBeNull();
  });

  it("has a token of 192 bits that no table holds", async () => {
    const { url, id } = await createShare(owner, conversationId, { sources: true });
    const token = tokenOf(url);
    expect(Buffer.from(token, "base64url")).toHaveLength(24);
    const rows = await database().drizzle.execute(sql`select share::text as row from share where id = ${id}`);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(await findShares(owner))).not.toContain(token);
  });

  it("can be made and revoked by the owner of the conversation only", async () => {
    const other = await createMember("Other", owner.orgId);
    const { id } = await createShare(owner, conversationId, { sources: true });
    await expect(createShare(other, conversationId, { sources: true })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(revokeShare(other, id)).rejects.toMatchObject({ code: "not_found" });
    expect((await findShares(other)).length).toBe(0);
  });

  it("is in the audit log when made and when revoked, once", async () => {
    const { id } = await createShare(owner, conversationId, { sources: false });
    await revokeShare(owner, id);
    await revokeShare(owner, id);
    expect(await auditOf(owner.orgId, id)).toEqual([
      {
        actor: owner.userId,
        action: "share.create",
        type: "share",
        detail: { conversationId, includesSources: false, expiresAt: null },
      },
      { actor: owner.userId, action: "share.revoke", type: "share", detail: {} },
    ]);
  });

  it("that could not be made or revoked leaves no line in the audit log", async () => {
    const other = await createMember("Other", owner.orgId);
    const { id } = await createShare(owner, conversationId, { sources: true });
    await expect(createShare(other, conversationId, { sources: true })).rejects.toThrow();
    await expect(revokeShare(other, id)).rejects.toThrow();
    expect((await auditOf(owner.orgId, id)).map(({ action }) => action)).toEqual(["share.create"]);
    const rows = await database().drizzle.execute(
      sql`select from audit_event where actor_id = ${other.userId}`,
    );
    expect(rows).toHaveLength(0);
  });

  it("is refused with an expiry in the past", async () => {
    const options = { sources: true, expiresAt: "2001-01-01T00:00:00.000Z" };
    await expect(createShare(owner, conversationId, options)).rejects.toMatchObject({
      code: "invalid_request",
    });
  });
});
