import { existsSync } from "node:fs";
import { sql } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { blobPath } from "../../platform/blob.ts";
import { withSystem } from "../../platform/db/index.ts";
import { AppError } from "../../shared/errors.ts";
import { getDocument } from "../documents.ts";
import { findStoredDocument, hideDocument } from "../queries/documents.ts";
import { search } from "../search/search.ts";
import { cancelDocument, pauseDocument, retryDocument, retryFailedDocuments } from "../steer-documents.ts";
import { makePrincipal, upload, uploadAndIngest } from "../test-knowledge.ts";
import { type IngestDeps, ingestDeps } from "./ingestion.ts";
import { isWithinHours, updateOfflineSchedule } from "./offline-schedule.ts";
import { counts, longText, openScene, patience, setUp, tidyUp } from "./test-scene.ts";
import { workOnDocuments } from "./work-on-documents.ts";

openScene();

describe("the hours of offline work", () => {
  const hours = { timeZone: "Europe/Berlin", days: [1, 2, 3, 4, 5], from: "22:00", to: "06:00" };

  it("are told in their own time zone and reach into the next day", () => {
    // A Monday in winter, an hour ahead of UTC.
    expect(isWithinHours(hours, new Date("2026-11-23T20:59:00Z"))).toBe(false);
    expect(isWithinHours(hours, new Date("2026-11-23T21:00:00Z"))).toBe(true);
    expect(isWithinHours(hours, new Date("2026-11-24T04:59:00Z"))).toBe(true);
    expect(isWithinHours(hours, new Date("2026-11-24T05:00:00Z"))).toBe(false);
    // The night from Sunday to Monday began on a Sunday; the one from Friday to Saturday on a Friday.
    expect(isWithinHours(hours, new Date("2026-11-23T03:00:00Z"))).toBe(false);
    expect(isWithinHours(hours, new Date("2026-11-28T03:00:00Z"))).toBe(true);
    expect(isWithinHours({ ...hours, from: "08:00", to: "12:30" }, new Date("2026-11-23T11:29:00Z"))).toBe(
      true,
    );
    expect(isWithinHours({ ...hours, from: "08:00", to: "12:30" }, new Date("2026-11-23T11:30:00Z"))).toBe(
      false,
    );
  });
});

describe("a worker", { timeout: 120_000 }, () => {
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
    await tidyUp();
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
    const failed = await getDocument(principal, poison);
    expect(failed).toMatchObject({ errorCode: "document_parse_memory", attempts: 2 });
    expect(failed.stateDetail).toContain("memory");
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
    await tidyUp();
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
    await tidyUp();
    expect((await search(principal, { query: "pump", mode: "keyword" })).results).toHaveLength(1);
  });
});
