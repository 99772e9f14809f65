import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { PDFDocument } from "pdf-lib";
import { afterAll, describe, expect, it, vi } from "vitest";
import { blobPath } from "../../platform/blob.ts";
import { database } from "../../platform/db/index.ts";
import { childEnvironment } from "../../platform/env.ts";
import { AppError } from "../../shared/errors.ts";
import { addDocument } from "../add-document.ts";
import { createCollection } from "../collections.ts";
import { deleteDocument, getDocument, getDocumentPage, getDocumentText } from "../documents.ts";
import { findStoredDocument } from "../queries/documents.ts";
import { search } from "../search/search.ts";
import { retryDocument } from "../steer-documents.ts";
import { stream, upload, uploadAndIngest } from "../test-knowledge.ts";
import { ingestDocument } from "./ingest-document.ts";
import { type IngestDeps, ingestDeps } from "./ingestion.ts";
import { counts, longText, never, openScene, patience, setUp } from "./test-scene.ts";

const scene = openScene();

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

  it("is searchable by its text first and by its pictures' once they are recognised, as offline work", async () => {
    const { principal, collectionId } = await setUp();
    const pdf = await PDFDocument.create();
    pdf.addPage([300, 400]).drawText("The first page speaks of pumps.", { x: 20, y: 300, size: 12 });
    pdf.addPage([300, 400]);
    const id = await upload(principal, collectionId, "scan.pdf", await pdf.save());
    const deps: IngestDeps = {
      ...ingestDeps,
      canRecognise: async () => true,
      recognisePages: async (file) => {
        const text = `${file.text}\n\nThe picture shows a valve.`;
        const pages = file.pages.map((page) =>
          page.page === 2
            ? { ...page, start: file.text.length + 2, end: text.length, isRecognised: true }
            : page,
        );
        return { ...file, text, pages, unreadablePages: [] };
      },
    };
    await ingestDocument(principal, id, never, deps);
    const first = await getDocument(principal, id);
    expect(first).toMatchObject({ state: "ocr", priority: "offline" });
    expect((await search(principal, { query: "pumps" })).results).toHaveLength(1);
    await ingestDocument(principal, id, never, deps);
    expect(await getDocument(principal, id)).toMatchObject({ state: "ready", stateDetail: null });
    expect((await getDocumentPage(principal, id, 2)).text).toBe("The picture shows a valve.");
    expect((await getDocumentText(principal, id, first.activeVersionId ?? "")).text).not.toContain("picture");
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

describe("an ingestion whose worker is killed", () => {
  const children: ChildProcess[] = [];
  const startWorker = (holdMs: number, onBatch: () => void = () => {}) => {
    const main = join(import.meta.dirname, "test-ingest-worker.ts");
    const child = fork(main, [scene.socketPath, String(holdMs)], {
      execArgv: [],
      env: childEnvironment({ VOUCH_DATA_DIR: scene.dataDir, LOG_LEVEL: "silent" }),
    });
    child.on("message", onBatch);
    children.push(child);
    return child;
  };
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  it("ends indexed once by another worker", { timeout: 150_000 }, async () => {
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
    });
    const whole = await counts(id);
    expect(whole).toMatchObject({ versions: 1, pages: 1 });
    expect(whole?.chunks).toBe(whole?.ordinals);
    const text = await getDocumentText(principal, id);
    expect(text.text).toBe(longText);
  });
});
