import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { database } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { embedTexts } from "../../router/index.ts";
import { AppError } from "../../shared/errors.ts";
import { createCollection } from "../collections.ts";
import { ingestDocument } from "../ingest/ingest-document.ts";
import { ingestDeps } from "../ingest/ingestion.ts";
import { search } from "../search/search.ts";
import { searchDeps } from "../search/search-context.ts";
import { makeOrganisation, makePrincipal, upload, uploadAndIngest } from "../test-knowledge.ts";
import { type ReembedDeps, reembedDeps, reembedOrganisation } from "./reembed.ts";
import { noteServingSpaces } from "./reembed-job.ts";
import { type SpaceDeps, servingModel } from "./serving-space.ts";

const OLD = "builtin/vouch-embed-1";
const NEW = "test/new-model";
const never = new AbortController().signal;

let testDatabase: TestDatabase;
let dataDir: string;
let principal: Principal;
let collectionId: string;
/** Spaces whose models are configured; the first is the present embedder's. */
let configured: string[];
let asked: string[][];

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-embed-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
});
afterAll(async () => {
  await testDatabase.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const spaces: SpaceDeps = {
  embeddingSpace: () => configured[0] ?? OLD,
  embeddingModelOf: (space) => (configured.includes(space) ? space : undefined),
};

/** The built-in vectors with their halves exchanged: another space, as good as the first. */
const embed: typeof embedTexts = async (texts, options = {}) => {
  const space = options.model ?? configured[0] ?? OLD;
  asked.push([...texts]);
  const embedded = await embedTexts(texts, {});
  if (space === OLD) return { ...embedded, space };
  const vectors = embedded.vectors.map((vector) =>
    Float32Array.from([...vector.slice(192), ...vector.slice(0, 192)]),
  );
  return { vectors, space, dimensions: embedded.dimensions };
};

const deps: ReembedDeps = {
  ...reembedDeps,
  ...spaces,
  embedTexts: embed,
  isOfflineOpen: async () => true,
  hasOnlineWork: async () => false,
  sleep: async () => {},
};
const serving = (scope: { readonly orgId: string }) => servingModel(scope, spaces);
const ask = (query: string) =>
  search(principal, { query, mode: "semantic" }, { ...searchDeps, embedTexts: embed, servingModel: serving });

const text = (about: string) =>
  `The ${about} was looked after in May. It was found in order by the inspector.\n`;
async function add(name: string) {
  return uploadAndIngest(principal, collectionId, `${name}.md`, text(name));
}

/** How many vectors there are in each space. */
async function vectors(): Promise<Record<string, number>> {
  const rows = await database().drizzle.execute<{ name: string; count: number }>(sql`
    select vector_space as name, count(*)::integer as count from chunk_vector where org_id = ${principal.orgId}
    group by 1`);
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}
async function namedSpaces(): Promise<(string | null)[]> {
  const rows = await database().drizzle.execute<{ space: string | null }>(
    sql`select distinct vector_space as space from collection where org_id = ${principal.orgId}`,
  );
  return rows.map(({ space }) => space);
}

beforeEach(async () => {
  configured = [OLD];
  asked = [];
  principal = makePrincipal(await makeOrganisation());
  ({ id: collectionId } = await createCollection(principal, {
    name: "C",
    description: "",
    visibility: "private",
  }));
  for (const name of ["pump", "valve", "lamp"]) await add(name);
  await noteServingSpaces(spaces);
});

describe("another embedder", () => {
  it("makes vectors of what the indexes see, sentences by a model included, and none of a sentence that changed meanwhile", async () => {
    const say = (note: string) =>
      database().drizzle.execute(
        sql`update chunk set note = ${note} where org_id = ${principal.orgId} and text like '%pump%'`,
      );
    await say("Kept at the Zephyrine works.");
    configured = [NEW, OLD];
    await noteServingSpaces(spaces);
    asked = [];
    const overtaken: typeof embedTexts = async (texts, options) => {
      if (asked.length === 0) await say("Kept at the other works.");
      return embed(texts, options);
    };
    await reembedOrganisation(principal, never, { ...deps, embedTexts: overtaken });
    const [first, second] = asked.filter((texts) => texts.some((one) => one.includes("pump")));
    expect(first?.join()).toContain("pump\nKept at the Zephyrine works.");
    expect(second?.join()).toContain("pump\nKept at the other works.");
    expect(await vectors()).toEqual({ [NEW]: 3 });
  });

  it("leaves the space before in service until every passage has a vector of its own", async () => {
    expect(await namedSpaces()).toEqual([OLD]);
    configured = [NEW, OLD];
    expect(await noteServingSpaces(spaces)).toContain(principal.orgId);
    expect(await serving(principal)).toEqual({ space: OLD, model: OLD });
    const before = await ask("pump inspector");
    expect(before.trace.vectorSpace).toBe(OLD);
    expect(before.results[0]?.title).toBe("pump");
    let during = 0;
    const watched: typeof embedTexts = async (texts, options) => {
      during = (await ask("pump inspector")).results.length;
      return embed(texts, options);
    };
    expect(await reembedOrganisation(principal, never, { ...deps, embedTexts: watched })).toBe("switched");
    expect(during).toBe(before.results.length);
    expect(await namedSpaces()).toEqual([NEW]);
    expect(await vectors()).toEqual({ [NEW]: 3 });
    const after = await ask("pump inspector");
    expect(after.trace.vectorSpace).toBe(NEW);
    expect(after.results.map(({ chunkId }) => chunkId)).toEqual(before.results.map(({ chunkId }) => chunkId));
    expect(await noteServingSpaces(spaces)).not.toContain(principal.orgId);
  });

  it("never compares vectors of two spaces: those of the new one are not found while the old one serves", async () => {
    configured = [NEW, OLD];
    await database().drizzle.execute(sql`insert into vector_space (name, dimensions) values (${NEW}, 384)
      on conflict do nothing`);
    await database().drizzle.execute(sql`
      insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id, version_id, embedding)
      select chunk_id, ${NEW}, org_id, collection_id, document_id, version_id, embedding from chunk_vector
      where org_id = ${principal.orgId}`);
    const { results } = await ask("pump inspector");
    expect(new Set(results.map(({ chunkId }) => chunkId)).size).toBe(results.length);
    expect(results.length).toBe(3);
  });

  it("goes on where it was cut off, and stores nothing twice", async () => {
    configured = [NEW, OLD];
    await noteServingSpaces(spaces);
    const failing: typeof embedTexts = () => Promise.reject(new AppError("rate_limited"));
    await expect(
      reembedOrganisation(principal, never, { ...deps, embedTexts: failing }),
    ).rejects.toMatchObject({
      code: "rate_limited",
    });
    expect(await vectors()).toEqual({ [OLD]: 3 });
    expect(await serving(principal)).toMatchObject({ space: OLD });
    const [chunk] = await database().drizzle.execute<{ id: string }>(
      sql`select id from chunk where org_id = ${principal.orgId} limit 1`,
    );
    await database().drizzle.execute(sql`
      insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id, version_id, embedding)
      select chunk_id, ${NEW}, org_id, collection_id, document_id, version_id, embedding from chunk_vector
      where chunk_id = ${chunk?.id}`);
    asked = [];
    await reembedOrganisation(principal, never, deps);
    expect(asked.flat()).toHaveLength(2);
    expect(await vectors()).toEqual({ [NEW]: 3 });
  });

  it("waits while offline work may not run, and gives way to documents that somebody waits for", async () => {
    configured = [NEW, OLD];
    await noteServingSpaces(spaces);
    const closed = { ...deps, isOfflineOpen: async () => false };
    expect(await reembedOrganisation(principal, never, closed)).toBe("waiting");
    expect(await vectors()).toEqual({ [OLD]: 3 });
    const waits: number[] = [];
    let looks = 0;
    const busy = {
      ...deps,
      hasOnlineWork: async () => {
        looks += 1;
        return looks < 3;
      },
      sleep: async (milliseconds: number) => void waits.push(milliseconds),
    };
    expect(await reembedOrganisation(principal, never, busy)).toBe("switched");
    expect(waits.filter((milliseconds) => milliseconds === 500)).toHaveLength(2);
  });

  it("finds what comes in meanwhile, before and after the switch", async () => {
    configured = [NEW, OLD];
    await noteServingSpaces(spaces);
    const id = await upload(principal, collectionId, "fan.md", text("fan"));
    await ingestDocument(principal, id, never, { ...ingestDeps, embedTexts: embed, servingModel: serving });
    expect(await vectors()).toEqual({ [OLD]: 4 });
    expect((await ask("fan inspector")).results[0]?.title).toBe("fan");
    await reembedOrganisation(principal, never, deps);
    expect(await vectors()).toEqual({ [NEW]: 4 });
    // Embedded before the switch, stored after it: the next look finds it.
    await add("door");
    expect(await noteServingSpaces(spaces)).toContain(principal.orgId);
    expect(await reembedOrganisation(principal, never, deps)).toBe("current");
    expect(await vectors()).toEqual({ [NEW]: 5 });
  });

  it("serves at once when the model of the space before is gone: its questions cannot be asked any more", async () => {
    configured = [NEW];
    await noteServingSpaces(spaces);
    expect(await serving(principal)).toEqual({ space: NEW, model: undefined });
    expect((await ask("pump inspector")).results).toEqual([]);
    await reembedOrganisation(principal, never, deps);
    expect((await ask("pump inspector")).results[0]?.title).toBe("pump");
  });

  it("is given up for a third one that is configured meanwhile", async () => {
    configured = [NEW, OLD];
    await noteServingSpaces(spaces);
    const turning: typeof embedTexts = async (texts, options) => {
      const embedded = await embed(texts, options);
      configured = ["test/third", NEW, OLD];
      return embedded;
    };
    expect(await reembedOrganisation(principal, never, { ...deps, embedTexts: turning })).not.toBe("current");
    expect(await serving(principal)).toMatchObject({ space: OLD });
    configured = [OLD];
    await reembedOrganisation(principal, never, deps);
    expect(await vectors()).toEqual({ [OLD]: 3 });
  });

  it("is no matter for an organisation without documents, nor for others", async () => {
    const other = makePrincipal(await makeOrganisation());
    await createCollection(other, { name: "D", description: "", visibility: "private" });
    configured = [NEW, OLD];
    expect(await noteServingSpaces(spaces)).not.toContain(other.orgId);
    expect(await serving(other)).toEqual({ space: NEW, model: undefined });
    await reembedOrganisation(other, never, deps);
    expect(await vectors()).toEqual({ [OLD]: 3 });
  });
});
