import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

// Read once per process, so it must be set before anything asks.
const dataDir = mkdtempSync(join(tmpdir(), "vouch-password-"));
vi.stubEnv("VOUCH_DATA_DIR", dataDir);

import { callRoute } from "@/app/api/collections/http-for-tests.ts";
import { POST as cancelReading } from "@/app/api/documents/[id]/cancel/route.ts";
import { POST as retry } from "@/app/api/documents/[id]/retry/route.ts";
import { DELETE as deleteDocument, GET as getDocument } from "@/app/api/documents/[id]/route.ts";
import { GET as getText } from "@/app/api/documents/[id]/text/route.ts";
import { createTestAccount, type TestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createOrganisation } from "@/lib/identity/index.ts";
import { createCollection } from "@/lib/knowledge/index.ts";
import { ingestDocument } from "@/lib/knowledge/ingest/ingest-document.ts";
import { tidyDocumentsJob } from "@/lib/knowledge/ingest/ingest-job.ts";
import { ingestDeps } from "@/lib/knowledge/ingest/ingestion.ts";
import { protectedPdf } from "@/lib/knowledge/parse/pdf/test-protected-pdf.ts";
import { uploadAndIngest } from "@/lib/knowledge/test-knowledge.ts";
import { withSystem } from "@/lib/platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { createMemoryRateLimiter, setRateLimiter } from "@/lib/platform/rate-limit/index.ts";
import { newId } from "@/lib/shared/ids.ts";
import { POST as enterPassword } from "./route.ts";

const PASSWORD = "zanzibarine sesame";

let db: TestDatabase;
let owner: TestAccount;
let collectionId: string;
let documentId: string;

beforeAll(async () => {
  db = await startTestDatabase();
  owner = await createTestAccount(await createOrganisation("Example"), "editor");
});
afterAll(async () => {
  await db.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 }));
  const input = { name: newId(), description: "", visibility: "private" } as const;
  ({ id: collectionId } = await createCollection(owner.principal, input));
  const file = protectedPdf([`Minutes ${collectionId}. The merger was approved.`], { user: PASSWORD });
  ({ id: documentId } = await uploadAndIngest(owner.principal, collectionId, "minutes.pdf", file));
});

const params = () => ({ id: documentId });
const enter = (password: unknown, as: TestAccount = owner) =>
  callRoute(enterPassword, { as, method: "POST", params: params(), body: { password } });
const read = async () => (await callRoute(getDocument, { as: owner, params: params() })).json();
const ingest = (deps = ingestDeps) =>
  ingestDocument(owner.principal, documentId, new AbortController().signal, deps);

/** What is kept of passwords, of all organisations. */
async function keptPasswords(): Promise<readonly string[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ sealed: string }>(sql`select sealed from document_password`),
  );
  return rows.map(({ sealed }) => sealed);
}

describe("a protected PDF", () => {
  it("is read with its password, which is kept sealed until then and nowhere afterwards", async () => {
    expect(await read()).toMatchObject({ state: "failed", errorCode: "document_encrypted" });
    const entered = await enter(PASSWORD);
    expect(entered.status).toBe(202);
    expect(await entered.json()).toMatchObject({ state: "queued", priority: "online", errorCode: null });
    const [sealed = ""] = await keptPasswords();
    expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("zanzibarine");
    await ingest();
    expect(await read()).toMatchObject({ state: "ready", pageCount: 1 });
    const text = await (await callRoute(getText, { as: owner, params: params() })).json();
    expect(text.text).toContain("The merger was approved.");
    expect(await keptPasswords()).toEqual([]);
  });

  it("says when the password is wrong, forgets it, and asks again", async () => {
    await enter("sesame");
    await ingest();
    expect(await read()).toMatchObject({
      state: "failed",
      errorCode: "document_password_wrong",
      stateDetail: "The password does not open the file. Enter it again.",
    });
    expect(await keptPasswords()).toEqual([]);
    await enter(PASSWORD);
    await ingest();
    expect((await read()).state).toBe("ready");
  });

  it("asks again for every further reading; what was read stays meanwhile", async () => {
    await enter(PASSWORD);
    await ingest();
    expect((await enter(PASSWORD)).status).toBe(409);
    await withSystem((transaction) =>
      transaction.execute(sql`update document set state = 'queued', attempts = 0 where id = ${documentId}`),
    );
    await ingest();
    expect(await read()).toMatchObject({
      state: "failed",
      errorCode: "document_encrypted",
      activeVersionId: expect.any(String),
    });
  });

  it("without text is not sent to text recognition, which would show the password to the machine", async () => {
    const deps = {
      ...ingestDeps,
      canRecognise: async () => true,
      parseFile: async (options: Parameters<typeof ingestDeps.parseFile>[0]) => {
        const file = await ingestDeps.parseFile(options);
        return { ...file, text: "", blocks: [], headings: [], unreadablePages: [1] };
      },
    };
    await enter(PASSWORD);
    await ingest(deps);
    expect(await read()).toMatchObject({ state: "failed", errorCode: "document_without_text" });
    expect(await keptPasswords()).toEqual([]);
  });
});

describe("the password of a reading that does not come about is forgotten", () => {
  it("when the reading is cancelled", async () => {
    await enter(PASSWORD);
    await callRoute(cancelReading, { as: owner, method: "POST", params: params() });
    expect(await keptPasswords()).toEqual([]);
    expect((await callRoute(retry, { as: owner, method: "POST", params: params() })).status).toBe(202);
    await ingest();
    expect((await read()).errorCode).toBe("document_encrypted");
  });

  it("when the document is deleted", async () => {
    await enter(PASSWORD);
    await callRoute(deleteDocument, { as: owner, method: "DELETE", params: params() });
    expect(await keptPasswords()).toEqual([]);
  });

  it("when the document gets other bytes", async () => {
    await enter(PASSWORD);
    await withSystem((transaction) =>
      transaction.execute(sql`update document set content_hash = ${newId()} where id = ${documentId}`),
    );
    expect(await keptPasswords()).toEqual([]);
  });

  it("after an hour: it is not used any more and is removed", async () => {
    await enter(PASSWORD);
    await withSystem((transaction) =>
      transaction.execute(sql`update document_password set expires_at = expires_at - interval '1 hour'`),
    );
    await tidyDocumentsJob.handler({}, { signal: new AbortController().signal } as never);
    expect(await keptPasswords()).toEqual([]);
    await ingest();
    expect((await read()).errorCode).toBe("document_encrypted");
  });
});

describe("a password is taken", () => {
  it("from those who may write only, and for nobody else's document", async () => {
    const stranger = await createTestAccount(await createOrganisation("Other"), "admin");
    expect((await enter(PASSWORD, stranger)).status).toBe(404);
    const colleague = await createTestAccount(owner.principal.orgId, "admin");
    expect((await enter(PASSWORD, colleague)).status).toBe(404);
    expect(await keptPasswords()).toEqual([]);
  });

  it("six times a minute", async () => {
    const statuses: number[] = [];
    for (let time = 0; time < 7; time += 1) statuses.push((await enter("guess")).status);
    expect(statuses).toEqual([202, 409, 409, 409, 409, 409, 429]);
  });

  it("as text of a sensible length", async () => {
    for (const wrong of ["", "x".repeat(257), 7]) expect((await enter(wrong)).status).toBe(400);
  });
});

it("no password stands in the audit log or in any file of the data directory", async () => {
  await enter(PASSWORD);
  const lines = await withSystem((transaction) =>
    transaction.execute<{ line: string }>(sql`select row_to_json(a)::text as line from audit_event a`),
  );
  const log = lines.map(({ line }) => line).join("\n");
  expect(log).toContain("document.password");
  expect(log).not.toContain("zanzibarine");
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const { parentPath, name } of files) {
    expect(readFileSync(join(parentPath, name), "latin1")).not.toContain("zanzibarine");
  }
});
