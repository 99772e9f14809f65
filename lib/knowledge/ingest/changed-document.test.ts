import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { putBlob } from "../../platform/blob.ts";
import { database, withTenant } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { getDocument, getDocumentText } from "../documents.ts";
import { replaceContent } from "../queries/documents.ts";
import { search } from "../search/search.ts";
import { rereadCollection } from "../steer-documents.ts";
import { stream, uploadAndIngest } from "../test-knowledge.ts";
import { ingestDocument } from "./ingest-document.ts";
import { ingestDeps } from "./ingestion.ts";
import { counts, never, openScene, setUp } from "./test-scene.ts";

openScene();

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
