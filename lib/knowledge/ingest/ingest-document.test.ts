import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { PDFDocument } from "pdf-lib";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { blobPath, putBlob } from "../../platform/blob.ts";
import { database, withSystem, withTenant } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { childEnvironment, environment } from "../../platform/env.ts";
import { AppError } from "../../shared/errors.ts";
import { addDocument } from "../add-document.ts";
import { createCollection } from "../collections.ts";
import { deleteDocument, getDocument, getDocumentPage, getDocumentText } from "../documents.ts";
import { findStoredDocument, hideDocument, replaceContent } from "../queries/documents.ts";
import { search } from "../search/search.ts";
import {
  cancelDocument,
  listFailedDocuments,
  pauseDocument,
  rereadCollection,
  retryDocument,
  retryFailedDocuments,
} from "../steer-documents.ts";
import { makeOrganisation, makePrincipal, stream, upload, uploadAndIngest } from "../test-knowledge.ts";
import { ingestDocument } from "./ingest-document.ts";
import { tidyDocumentsJob } from "./ingest-job.ts";
import { type IngestDeps, ingestDeps } from "./ingestion.ts";
import { updateOfflineSchedule } from "./offline-schedule.ts";
import { workOnDocuments } from "./work-on-documents.ts";

let testDatabase: TestDatabase;
let dataDir: string;
const patience = { timeout: 40_000, interval: 50 };
const never = new AbortController().signal;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-ingest-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
});

afterAll(async () => {
  await testDatabase.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function setUp() {
  const principal = makePrincipal(await makeOrganisation());
  const { id } = await createCollection(principal, { name: "C", description: "", visibility: "private" });
  return { principal, collectionId: id };
}

async function counts(documentId: string) {
  const [row] = await database().drizzle.execute<{
    chunks: number;
    ordinals: number;
    versions: number;
    pages: number;
  }>(sql`
    select (select count(*)::integer from chunk where document_id = ${documentId}) as chunks,
      (select count(distinct p.ordinal)::integer from chunk_place p join chunk c on c.id = p.chunk_id
        where c.document_id = ${documentId}) as ordinals,
      (select count(*)::integer from document_version where document_id = ${documentId}) as versions,
      (select count(*)::integer from document_page p join document_version v on v.id = p.version_id
        where v.document_id = ${documentId}) as pages`);
  return row;
}

const longText = Array.from(
  { length: 4_000 },
  (_, index) =>
    `Paragraph ${index} tells of valve ${index % 37} and its seal, which held for ${index} hours.\n\n`,
).join("");

describe("an ingestion", () => {
  it("makes a document searchable whose passages are exact slices of its text", async () => {
    const { principal, collectionId } = await setUp();
    const source =
      "# Pump\n\nThe coolant pump was replaced in May. It had leaked.\n\n## Valve\n\nThe valve was not touched.\n";
    const document = await uploadAndIngest(principal, collectionId, "pump_log.md", source);
    expect(document).toMatchObject({ state: "ready", progress: 1, title: "Pump", pageCount: null });
    const text = await getDocumentText(principal, document.id);
    expect(text).toMatchObject({ text: source, pages: [], versionId: document.activeVersionId });
    const { results } = await search(principal, { query: "when was the pump replaced" });
    expect(results[0]?.documentId).toBe(document.id);
    for (const result of results) expect(source.slice(result.start, result.end)).toBe(result.text);
  });

  it("keeps pages and places of a PDF, and names pages without text", async () => {
    const { principal, collectionId } = await setUp();
    const pdf = await PDFDocument.create();
    pdf.addPage([300, 400]).drawText("The first page speaks.", { x: 20, y: 300, size: 12 });
    pdf.addPage([300, 400]);
    const document = await uploadAndIngest(principal, collectionId, "two.pdf", await pdf.save());
    expect(document).toMatchObject({
      state: "ready",
      pageCount: 2,
      stateDetail: expect.stringContaining("Page 2"),
    });
    const page = await getDocumentPage(principal, document.id, 1);
    expect(page).toMatchObject({ text: "The first page speaks.", width: 300, height: 400, pageCount: 2 });
    expect(page.runs).toHaveLength(1);
    expect((await getDocumentPage(principal, document.id, 2)).text).toBe("");
    await expect(getDocumentPage(principal, document.id, 3)).rejects.toMatchObject({ code: "not_found" });
    expect((await getDocumentText(principal, document.id)).pages.map(({ page }) => page)).toEqual([1, 2]);
  });

  it("ends as failed with a code and a sentence when the file cannot be read, and can be tried again", async () => {
    const { principal, collectionId } = await setUp();
    const document = await uploadAndIngest(principal, collectionId, "broken.pdf", "%PDF-1.7 broken");
    expect(document).toMatchObject({ state: "failed", errorCode: "document_unreadable" });
    expect(document.stateDetail).toContain("damaged");
    expect(await retryDocument(principal, document.id)).toMatchObject({ state: "queued", errorCode: null });
    await expect(retryDocument(principal, document.id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is one document for the same bytes in the same collection, also when both arrive at once", async () => {
    const { principal, collectionId } = await setUp();
    const ids = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        upload(principal, collectionId, `copy-${index}.txt`, "Same bytes."),
      ),
    );
    expect(new Set(ids).size).toBe(1);
    const other = await createCollection(principal, { name: "D", description: "", visibility: "private" });
    expect(await upload(principal, other.id, "copy.txt", "Same bytes.")).not.toBe(ids[0]);
  });

  it("refuses files of other kinds, empty ones and ones that arrive changed, and keeps none of them", async () => {
    const { principal, collectionId } = await setUp();
    const add = (fileName: string, content: string | Uint8Array, sha256?: string) =>
      addDocument(principal, {
        collectionId,
        fileName,
        content: stream(content),
        expectedSha256: async () => sha256,
        priority: "online",
      });
    await expect(add("a.zip", Buffer.from("504b030400", "hex"))).rejects.toMatchObject({
      code: "document_type_unsupported",
    });
    await expect(add("a.txt", "")).rejects.toMatchObject({ code: "document_empty" });
    await expect(add("a.txt", "words", "0".repeat(64))).rejects.toMatchObject({
      code: "document_hash_mismatch",
    });
    const [left] = await database().drizzle.execute<{ count: number }>(
      sql`select count(*)::integer as count from document where collection_id = ${collectionId}`,
    );
    expect(left?.count).toBe(0);
  });

  it("tells files of the same title in a collection apart, and keeps a title a person gave", async () => {
    const { principal, collectionId } = await setUp();
    const first = await uploadAndIngest(principal, collectionId, "may.md", "# Report\n\nMay was dry.");
    const second = await uploadAndIngest(principal, collectionId, "june.md", "# Report\n\nJune was wet.");
    expect([first.title, second.title]).toEqual(["Report", "Report (june)"]);
  });

  it("shows nothing of a document before its last commit, and goes on after an outage without doubling anything", async () => {
    const { principal, collectionId } = await setUp();
    const id = await upload(principal, collectionId, "long.txt", longText);
    let batches = 0;
    const failing: typeof ingestDeps.embedTexts = (...given) => {
      batches += 1;
      if (batches === 3) throw new AppError("model_failed");
      return ingestDeps.embedTexts(...given);
    };
    await ingestDocument(principal, id, never, { ...ingestDeps, embedTexts: failing });
    const half = await counts(id);
    expect(half?.chunks).toBeGreaterThan(0);
    expect((await search(principal, { query: "valve seal" })).results).toEqual([]);
    const waiting = await getDocument(principal, id);
    expect(waiting).toMatchObject({ state: "indexing", activeVersionId: null, attempts: 1 });
    expect(waiting.stateDetail).toContain("Another try follows");

    const embedded: string[] = [];
    const counting: typeof ingestDeps.embedTexts = (texts, ...given) => {
      embedded.push(...texts);
      return ingestDeps.embedTexts(texts, ...given);
    };
    await ingestDocument(principal, id, never, { ...ingestDeps, embedTexts: counting });
    const whole = await counts(id);
    expect(whole).toMatchObject({ versions: 1, pages: 1 });
    expect(whole?.chunks).toBe(whole?.ordinals);
    // What the first try had stored was not asked for again.
    expect(embedded).toHaveLength((whole?.chunks ?? 0) - (half?.chunks ?? 0));
    expect((await search(principal, { query: "valve seal" })).results.length).toBeGreaterThan(0);
    // Once more changes nothing: a document at rest has no work to be done.
    await ingestDocument(principal, id, never);
    expect(await counts(id)).toEqual(whole);
  });

  it("leaves nothing of a deleted document: no text, no vectors, no file", async () => {
    const { principal, collectionId } = await setUp();
    const document = await uploadAndIngest(principal, collectionId, "gone.txt", longText);
    const stored = await findStoredDocument(principal, document.id);
    expect(existsSync(blobPath(stored?.blobKey ?? ""))).toBe(true);
    await deleteDocument(principal, document.id);
    expect(await counts(document.id)).toEqual({ chunks: 0, ordinals: 0, versions: 0, pages: 0 });
    expect(existsSync(blobPath(stored?.blobKey ?? ""))).toBe(false);
    await expect(getDocument(principal, document.id)).rejects.toMatchObject({ code: "not_found" });
    // A job that comes late finds nothing to do.
    await ingestDocument(principal, document.id, never);
  });
});

/** Passages of a document by what they say. */
async function passages(documentId: string) {
  const rows = await database().drizzle.execute<{
    id: string;
    text: string;
    start: number;
    version: string;
  }>(sql`
    select c.id, c.text, p.start, p.version_id as version from document d
    join chunk_place p on p.version_id = d.active_version_id join chunk c on c.id = p.chunk_id
    where d.id = ${documentId} order by p.ordinal`);
  return Array.from(rows);
}

/** Gives a document newer bytes, as its source does when it changed. */
async function replace(principal: Principal, id: string, content: string) {
  const blob = await putBlob(stream(content));
  const labels = { mediaType: "text/markdown", fileName: "manual.md", priority: "online" as const };
  const news = { etag: null, lastModified: null, fetchedAt: new Date() };
  const stored = { contentHash: blob.sha256, blobKey: blob.key, sizeBytes: blob.sizeBytes };
  return withTenant(principal, (transaction) =>
    replaceContent(transaction, principal, id, { ...labels, ...news, ...stored }),
  );
}

/** A manual of so many sections, each a passage or more; `changed` ones say something else. */
function manual(sections: number, changed: readonly number[] = []): string {
  return Array.from({ length: sections }, (_, number) => {
    const words = changed.includes(number) ? "brushes of bronze" : "seals of rubber";
    const sentence = `Valve ${number} has ${words} and is looked at every ${number + 2} weeks by two people. `;
    return `# Section ${number}\n\n${sentence.repeat(12)}\n\n`;
  }).join("");
}

describe("a changed document", () => {
  for (const [kind, sections] of [
    ["small", 8],
    ["long", 120],
  ] as const) {
    it(`keeps the passages of a ${kind} text that did not change, with their vectors, and switches at once`, async () => {
      const { principal, collectionId } = await setUp();
      const { id } = await uploadAndIngest(principal, collectionId, "manual.md", manual(sections));
      const before = await passages(id);
      const [oldVersion] = before.map(({ version }) => version);
      expect(await replace(principal, id, manual(sections, [3]))).toMatchObject({
        isChanged: true,
        orphanedBlobKey: null,
      });
      expect((await search(principal, { query: "brushes of bronze" })).results).not.toEqual([]);
      const embedded: string[] = [];
      const counting: typeof ingestDeps.embedTexts = (texts, ...given) => {
        embedded.push(...texts);
        return ingestDeps.embedTexts(texts, ...given);
      };
      await ingestDocument(principal, id, never, { ...ingestDeps, embedTexts: counting });
      const after = await passages(id);
      const kept = after.filter(({ id: chunk }) => before.some((old) => old.id === chunk));
      expect(after).toHaveLength(before.length);
      expect(kept).toHaveLength(before.length - embedded.length);
      expect(embedded.every((text) => text.includes("Valve 3 has brushes"))).toBe(true);
      const text = (await getDocumentText(principal, id)).text;
      for (const passage of after)
        expect(text.slice(passage.start, passage.start + passage.text.length)).toBe(passage.text);
      expect(await counts(id)).toMatchObject({ chunks: after.length, versions: 2 });
      // Old citations still open the text they were made from.
      expect((await getDocumentText(principal, id, oldVersion)).text).toBe(manual(sections));
      const found = await search(principal, { query: "brushes of bronze" });
      expect(found.results[0]?.text).toContain("Valve 3 has brushes of bronze");
      expect(found.results.some((result) => result.text.includes("Valve 3 has seals"))).toBe(false);
    });
  }

  it("stays as it was while newer bytes are read, and when they cannot be read", async () => {
    const { principal, collectionId } = await setUp();
    const { id } = await uploadAndIngest(principal, collectionId, "manual.md", manual(120));
    const before = await passages(id);
    await replace(principal, id, manual(120, [1, 2, 3, 4, 5]));
    let seen: readonly unknown[] = [];
    const failing: typeof ingestDeps.embedTexts = async () => {
      seen = await passages(id);
      throw new AppError("model_failed");
    };
    await ingestDocument(principal, id, never, { ...ingestDeps, embedTexts: failing });
    expect(seen).toEqual(before);
    expect(await passages(id)).toEqual(before);
    expect((await search(principal, { query: "valve 3 seals" })).results[0]?.text).toContain("Valve 3");
  });

  it("does not switch to bytes that newer ones have replaced while they were read", async () => {
    const { principal, collectionId } = await setUp();
    const { id } = await uploadAndIngest(principal, collectionId, "manual.md", manual(8));
    await replace(principal, id, manual(8, [1]));
    const overtaken: typeof ingestDeps.embedTexts = async (...given) => {
      await replace(principal, id, manual(8, [2]));
      return ingestDeps.embedTexts(...given);
    };
    await ingestDocument(principal, id, never, { ...ingestDeps, embedTexts: overtaken });
    expect(await getDocument(principal, id)).toMatchObject({ state: "queued" });
    expect((await getDocumentText(principal, id)).text).toBe(manual(8));
    await ingestDocument(principal, id, never);
    expect((await getDocumentText(principal, id)).text).toBe(manual(8, [2]));
  });

  it("is read again with new settings of its collection, as offline work", async () => {
    const { principal, collectionId } = await setUp();
    const { id } = await uploadAndIngest(principal, collectionId, "manual.md", manual(8));
    const before = await passages(id);
    expect(await rereadCollection(principal, collectionId)).toEqual({ count: 1 });
    expect(await getDocument(principal, id)).toMatchObject({ state: "queued", priority: "offline" });
    await ingestDocument(principal, id, never);
    expect((await passages(id)).map(({ id: chunk }) => chunk)).toEqual(before.map(({ id: chunk }) => chunk));
    expect((await getDocument(principal, id)).state).toBe("ready");
  });
});

describe("a worker", () => {
  let stop = async () => {};
  afterEach(() => stop());
  const work = (deps: Partial<IngestDeps> = {}) => {
    stop = workOnDocuments({ ...ingestDeps, ...deps });
  };
  const until = (principal: Principal, id: string, state: string) =>
    vi.waitFor(async () => expect((await getDocument(principal, id)).state).toBe(state), patience);
  const text = (name: string) => `The ${name} stands in hall 7 and is looked at in May.`;

  it("reads small documents together, each of them right", async () => {
    const { principal, collectionId } = await setUp();
    const ids: string[] = [];
    for (let number = 0; number < 60; number += 1) {
      ids.push(await upload(principal, collectionId, `note-${number}.txt`, text(`engine number ${number}`)));
    }
    const calls: number[] = [];
    work({
      embedTexts: (texts, ...given) => {
        // Documents of the tests before may be on their way as well.
        const own = texts.filter((one) => one.includes("engine number")).length;
        if (own > 0) calls.push(own);
        return ingestDeps.embedTexts(texts, ...given);
      },
    });
    for (const id of ids) await until(principal, id, "ready");
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(60);
    expect(calls.length).toBeLessThan(60);
    for (const id of ids) expect(await counts(id)).toMatchObject({ chunks: 1, versions: 1, pages: 1 });
  });

  it("takes what a person waits for before an import", async () => {
    const { principal, collectionId } = await setUp();
    const order: string[] = [];
    for (let number = 0; number < 70; number += 1) {
      await upload(principal, collectionId, `import-${number}.txt`, text(`import ${number}`), "offline");
    }
    const person = await upload(principal, collectionId, "person.txt", text("person"));
    work({
      parseFile: (options) => {
        if (/^(?:person|import)/.test(options.fileName)) order.push(options.fileName);
        return ingestDeps.parseFile(options);
      },
    });
    await until(principal, person, "ready");
    expect(order[0]).toBe("person.txt");
  });

  it("leaves paused offline work alone until it is resumed", async () => {
    const { principal, collectionId } = await setUp();
    const editor = makePrincipal(principal.orgId, "editor");
    await expect(updateOfflineSchedule(principal, { isPaused: true })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await updateOfflineSchedule(editor, { isPaused: true })).toMatchObject({
      isOpen: false,
      hours: null,
    });
    const offline = await upload(principal, collectionId, "import.txt", text("import"), "offline");
    const single = await upload(principal, collectionId, "single.txt", text("single"));
    await pauseDocument(principal, single, true);
    const online = await upload(principal, collectionId, "person.txt", text("person"));
    work();
    await until(principal, online, "ready");
    for (const id of [offline, single]) expect((await getDocument(principal, id)).state).toBe("queued");
    await updateOfflineSchedule(editor, { isPaused: false });
    await pauseDocument(principal, single, false);
    for (const id of [offline, single]) await until(principal, id, "ready");
  });

  it("lets go of a cancelled document and leaves nothing half done; a retry reads it after all", async () => {
    const { principal, collectionId } = await setUp();
    const id = await upload(principal, collectionId, "long.txt", longText);
    let isHeld = true;
    let letGo = "";
    work({
      embedTexts: async (texts, options, ...given) => {
        const { signal } = options ?? {};
        if (isHeld && texts.length > 1) {
          await new Promise<void>((_, reject) =>
            signal?.addEventListener("abort", () => {
              letGo = String(signal.reason);
              reject(signal.reason);
            }),
          );
        }
        return ingestDeps.embedTexts(texts, options, ...given);
      },
    });
    await until(principal, id, "indexing");
    expect(await cancelDocument(principal, id)).toMatchObject({ state: "cancelled" });
    await vi.waitFor(() => expect(letGo).toContain("taken"), patience);
    await expect(cancelDocument(principal, id)).rejects.toMatchObject({ code: "conflict" });
    await tidyDocumentsJob.handler({}, { jobId: "", attempt: 1, isLastAttempt: true, signal: never });
    expect(await counts(id)).toMatchObject({ chunks: 0, versions: 0, pages: 0 });
    isHeld = false;
    await retryDocument(principal, id);
    await until(principal, id, "ready");
  });

  it("ends poison files with a reason after their tries, while the others go on", async () => {
    const { principal, collectionId } = await setUp();
    const poison = await upload(principal, collectionId, "poison.txt", text("poison"));
    const others = await Promise.all(
      Array.from({ length: 12 }, (_, number) =>
        upload(principal, collectionId, `other-${number}.txt`, text(`other ${number}`)),
      ),
    );
    let tries = 0;
    work({
      parseFile: async (options) => {
        if (options.fileName !== "poison.txt") return ingestDeps.parseFile(options);
        tries += 1;
        throw new AppError("document_parse_memory");
      },
    });
    for (const id of others) await until(principal, id, "ready");
    await until(principal, poison, "failed");
    expect(tries).toBe(2);
    const { documents } = await listFailedDocuments(principal, { collectionId, limit: 10 });
    expect(documents).toMatchObject([{ id: poison, errorCode: "document_parse_memory", attempts: 2 }]);
    expect(documents[0]?.stateDetail).toContain("memory");
  });

  it("ends a document with which workers died again and again", async () => {
    const { principal, collectionId } = await setUp();
    const id = await upload(principal, collectionId, "deadly.txt", text("deadly"));
    await withSystem((transaction) =>
      transaction.execute(sql`update document set attempts = 6 where id = ${id}`),
    );
    work();
    await until(principal, id, "failed");
    expect(await getDocument(principal, id)).toMatchObject({ errorCode: "document_interrupted" });
    expect(await retryFailedDocuments(principal, { collectionId })).toEqual({ count: 1 });
    await until(principal, id, "ready");
  });

  it("finishes a deletion that was interrupted", async () => {
    const { principal, collectionId } = await setUp();
    const { id } = await uploadAndIngest(principal, collectionId, "gone.txt", longText);
    const stored = await findStoredDocument(principal, id);
    await hideDocument(principal, id, async () => {});
    expect((await search(principal, { query: "valve seal" })).results).toEqual([]);
    await withSystem((transaction) =>
      transaction.execute(
        sql`update document set updated_at = now() - interval '2 minutes' where id = ${id}`,
      ),
    );
    await tidyDocumentsJob.handler({}, { jobId: "", attempt: 1, isLastAttempt: true, signal: never });
    expect(await counts(id)).toEqual({ chunks: 0, ordinals: 0, versions: 0, pages: 0 });
    expect(existsSync(blobPath(stored?.blobKey ?? ""))).toBe(false);
  });

  it("analyses passages anew whose terms another release made", async () => {
    const { principal, collectionId } = await setUp();
    const { id } = await uploadAndIngest(
      principal,
      collectionId,
      "old.md",
      "# Pumps\n\nThe pumps were replaced.",
    );
    await withSystem((transaction) =>
      transaction.execute(
        sql`update chunk set search_terms = 'old', terms_version = 0 where document_id = ${id}`,
      ),
    );
    await tidyDocumentsJob.handler({}, { jobId: "", attempt: 1, isLastAttempt: true, signal: never });
    expect((await search(principal, { query: "pump", mode: "keyword" })).results).toHaveLength(1);
  });
});

describe("an ingestion whose worker is killed", () => {
  const children: ChildProcess[] = [];
  const startWorker = (holdMs: number, onBatch: () => void = () => {}) => {
    const main = join(import.meta.dirname, "test-ingest-worker.ts");
    const child = fork(main, [testDatabase.socketPath, String(holdMs)], {
      execArgv: [],
      env: childEnvironment({ VOUCH_DATA_DIR: dataDir, LOG_LEVEL: "silent" }),
    });
    child.on("message", onBatch);
    children.push(child);
    return child;
  };
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  it("ends indexed once by another worker", { timeout: 90_000 }, async () => {
    const { principal, collectionId } = await setUp();
    let batches = 0;
    const first = startWorker(300, () => {
      batches += 1;
    });
    const id = await upload(principal, collectionId, "killed.txt", longText);
    await vi.waitFor(() => expect(batches).toBeGreaterThanOrEqual(3), patience);
    first.kill("SIGKILL");
    expect((await search(principal, { query: "valve seal" })).results).toEqual([]);
    startWorker(0);
    await vi.waitFor(async () => expect((await getDocument(principal, id)).state).toBe("ready"), {
      ...patience,
      timeout: 60_000,
    });
    const whole = await counts(id);
    expect(whole).toMatchObject({ versions: 1, pages: 1 });
    expect(whole?.chunks).toBe(whole?.ordinals);
    const text = await getDocumentText(principal, id);
    expect(text.text).toBe(longText);
  });
});
