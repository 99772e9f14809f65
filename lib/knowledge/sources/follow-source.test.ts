import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Principal } from "../../identity/schema.ts";
import { startJobs, stopJobs } from "../../jobs/index.ts";
import { database } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { startTestSite, type TestSite, testOutbound } from "../../platform/outbound/test-site.ts";
import { createCollection } from "../collections.ts";
import { makeOrganisation, makePrincipal } from "../test-knowledge.ts";
import { addUrlDocument } from "./add-url.ts";
import { followSourceJob } from "./follow-job.ts";
import { followSource } from "./follow-source.ts";
import { listSources, refreshDocument, unfollowSource } from "./manage-sources.ts";
import type { SourceDeps } from "./source-deps.ts";

let testDatabase: TestDatabase;
let dataDir: string;
let site: TestSite;
let deps: SourceDeps;
let waits: number[];
/** What the site gives, by path: HTML, or a function that answers. */
let pages: Record<string, string | ((response: ServerResponse, headers: Record<string, unknown>) => void)>;
let principal: Principal;
let collectionId: string;
const never = new AbortController().signal;

beforeAll(async () => {
  testDatabase = await startTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "vouch-sources-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
  await startJobs({ jobs: [followSourceJob], work: false });
});

afterAll(async () => {
  await stopJobs();
  await testDatabase.close();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  pages = {};
  waits = [];
  site = await startTestSite((request, response) => {
    const page = pages[request.url ?? ""];
    if (page === undefined) response.writeHead(404).end("no such page");
    else if (typeof page === "function") page(response, request.headers);
    else {
      const etag = `"${page.length}-${page.charCodeAt(page.length - 1)}"`;
      if (request.headers["if-none-match"] === etag) response.writeHead(304).end();
      else response.writeHead(200, { "content-type": "text/html", etag }).end(page);
    }
  });
  deps = {
    outbound: testOutbound(`127.0.0.1:${site.port}`),
    limitBytes: () => 1024 ** 2,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
    },
  };
  principal = makePrincipal(await makeOrganisation());
  ({ id: collectionId } = await createCollection(principal, {
    name: "C",
    description: "",
    visibility: "private",
  }));
});

afterEach(() => site.close());

const html = (text: string, ...links: string[]) =>
  `<!doctype html><title>${text}</title><p>${text}</p>${links.map((link) => `<a href="${link}">x</a>`).join("")}`;

const add = (path: string, more: Partial<Parameters<typeof addUrlDocument>[2]> = {}) =>
  addUrlDocument(
    principal,
    collectionId,
    { url: site.origin + path, refresh: "daily", ...more },
    never,
    deps,
  );

const follow = (sourceId: string) =>
  followSource(principal, sourceId, { priority: "offline", signal: never }, deps);

async function documents() {
  const rows = await database().drizzle.execute<{
    uri: string;
    state: string;
    hash: string;
    priority: string;
  }>(sql`
    select source_uri as uri, state, content_hash as hash, priority from document
    where collection_id = ${collectionId} order by source_uri`);
  return rows.map(({ uri, ...row }) => ({ path: uri?.replace(site.origin, ""), ...row }));
}
const paths = async () => (await documents()).map(({ path }) => path);

/** As a worker leaves it that has read the document. */
const markReady = () =>
  database().drizzle.execute(sql`update document set state = 'ready' where collection_id = ${collectionId}`);

const oneSource = async () => {
  const [source] = await listSources(principal, collectionId);
  if (source === undefined) throw new Error("no source");
  return source;
};

function blobCount(): number {
  return readdirSync(join(dataDir, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  ).length;
}

describe("a page by its address", () => {
  it("becomes a document that is followed, known by its address", async () => {
    pages["/a?id=1"] = html("First words");
    const accepted = await add("/a?id=1&utm_source=mail#top");
    expect(accepted).toMatchObject({ isNew: true, isUpdated: false, state: "queued" });
    expect(await documents()).toMatchObject([{ path: "/a?id=1", state: "queued", priority: "online" }]);
    expect(await oneSource()).toMatchObject({
      id: accepted.sourceId,
      kind: "page",
      refresh: "daily",
      state: "idle",
    });
    expect(site.requests).toEqual(["GET /robots.txt", "GET /a?id=1"]);
  });

  it("is one document however often it is added, and a new version only when its bytes changed", async () => {
    pages["/a"] = html("First words");
    const first = await add("/a");
    const blobs = blobCount();
    expect(await add("/a")).toMatchObject({ id: first.id, isNew: false, isUpdated: false });
    expect(blobCount()).toBe(blobs);
    await markReady();
    pages["/a"] = html("Other words!");
    expect(await add("/a")).toMatchObject({ id: first.id, isNew: false, isUpdated: true, state: "queued" });
    expect(await documents()).toHaveLength(1);
  });

  it("is fetched again on demand, with a short question first", async () => {
    pages["/a"] = html("First words");
    const { id } = await add("/a");
    await markReady();
    expect(await refreshDocument(principal, id, never, deps)).toMatchObject({
      state: "ready",
      isUpdated: false,
    });
    pages["/a"] = html("Second words");
    expect(await refreshDocument(principal, id, never, deps)).toMatchObject({
      state: "queued",
      isUpdated: true,
    });
    delete pages["/a"];
    await expect(refreshDocument(principal, id, never, deps)).rejects.toMatchObject({ code: "url_failed" });
    expect(await paths()).toEqual(["/a"]);
    const stranger = makePrincipal(principal.orgId);
    await expect(refreshDocument(stranger, id, never, deps)).rejects.toMatchObject({ code: "not_found" });
  });

  it("is looked for under the address it names as its own, and kept as it was found when that leads nowhere", async () => {
    pages["/print"] = `<link rel="canonical" href="/article">${html("Printed")}`;
    pages["/article"] = html("The article");
    await add("/print");
    pages["/lost"] = `<link rel="canonical" href="/nowhere">${html("Lost")}`;
    await add("/lost");
    // A page cannot pass itself off as one of another host, nor take the place of another page of its own.
    pages["/claim"] = `<link rel="canonical" href="https://other.example/x">${html("Claim")}`;
    await add("/claim");
    expect(await paths()).toEqual(["/article", "/claim", "/lost"]);
  });

  it("is refused where robots.txt or the page asks for it, and nothing of it is kept", async () => {
    pages["/robots.txt"] = (response) => void response.end("User-agent: *\nDisallow: /private");
    pages["/private/a"] = html("Hidden");
    pages["/unkept"] = `<meta name="robots" content="noindex">${html("Not kept")}`;
    pages["/to-private"] = (response) => void response.writeHead(302, { location: "/private/a" }).end();
    const blobs = blobCount();
    for (const path of ["/private/a", "/unkept", "/to-private"]) {
      await expect(add(path)).rejects.toMatchObject({ code: "url_robots" });
    }
    expect(site.requests.filter((line) => line.endsWith("/private/a"))).toEqual([]);
    expect(await paths()).toEqual([]);
    expect(blobCount()).toBe(blobs);
  });

  it("is refused with a sentence when it is missing, too large, empty or nothing that can be read", async () => {
    pages["/large"] = (response) => void response.end("x".repeat(2 * 1024 ** 2));
    pages["/empty"] = (response) => void response.end();
    pages["/picture"] = (response) =>
      void response.end(Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    pages["/closed"] = (response) => void response.writeHead(403).end("no");
    const blobs = blobCount();
    for (const [path, code] of [
      ["/missing", "url_failed"],
      ["/large", "url_too_large"],
      ["/empty", "document_empty"],
      ["/picture", "document_type_unsupported"],
      ["/closed", "url_failed"],
    ]) {
      await expect(add(path ?? "")).rejects.toMatchObject({ code });
    }
    await expect(
      addUrlDocument(principal, collectionId, { url: "http://127.0.0.1/", refresh: "never" }, never, deps),
    ).rejects.toMatchObject({ code: "url_refused" });
    expect(blobCount()).toBe(blobs);
  });

  it("is added by those who may write there alone", async () => {
    pages["/a"] = html("Words");
    const stranger = makePrincipal(principal.orgId);
    const adding = addUrlDocument(
      stranger,
      collectionId,
      { url: `${site.origin}/a`, refresh: "daily" },
      never,
      deps,
    );
    await expect(adding).rejects.toMatchObject({ code: "not_found" });
    expect(site.requests).toEqual([]);
  });
});

describe("a site", () => {
  const whole = () => {
    pages["/docs/"] = html(
      "Start",
      "one",
      "two.html",
      "/docs/one#part",
      "/elsewhere",
      "http://other.example/",
      "a.png",
    );
    pages["/docs/one"] = html("One", "deep", "/docs/");
    pages["/docs/two.html"] = html("Two", "one", "missing");
    pages["/docs/deep"] = html("Deep", "deeper");
    pages["/docs/deeper"] = html("Deeper");
    pages["/elsewhere"] = html("Elsewhere");
  };

  it("is followed on its host, below its folder, within depth and number", async () => {
    whole();
    const { sourceId } = await add("/docs/", { site: { depth: 2, limit: 50 } });
    await follow(sourceId ?? "");
    expect(await paths()).toEqual(["/docs/", "/docs/deep", "/docs/one", "/docs/two.html"]);
    expect(await oneSource()).toMatchObject({
      kind: "site",
      state: "idle",
      counts: { found: 5, added: 3, unchanged: 1, skipped: 1, failed: 0 },
    });
    // One request at a time, with a wait between two.
    expect(waits.length).toBeGreaterThanOrEqual(3);
    const small = await add("/docs/", { site: { depth: 5, limit: 2 } });
    expect(small.sourceId).toBe(sourceId);
    await follow(sourceId ?? "");
    expect((await oneSource()).stateDetail).toContain("more than the 2 pages");
  });

  it("is looked at again: changed pages get a version, unchanged ones a short question, gone ones are kept", async () => {
    whole();
    const { sourceId } = await add("/docs/", { site: { depth: 3, limit: 50 } });
    await follow(sourceId ?? "");
    await markReady();
    const before = await documents();
    pages["/docs/one"] = html("One, with news", "deep", "new");
    pages["/docs/new"] = html("New");
    delete pages["/docs/two.html"];
    await follow(sourceId ?? "");
    expect(await oneSource()).toMatchObject({
      counts: { added: 1, changed: 1, gone: 1, unchanged: 3 },
      stateDetail: "1 page no longer there; the documents are kept.",
    });
    const after = new Map((await documents()).map((document) => [document.path, document]));
    expect(after.get("/docs/one")).toMatchObject({ state: "queued", priority: "offline" });
    // Links of an unchanged page come from the file that is there.
    for (const path of ["/docs/", "/docs/deep", "/docs/deeper", "/docs/two.html"]) {
      expect(after.get(path)).toEqual(before.find((document) => document.path === path));
    }
  });

  it("has a page once, whatever addresses lead to it, and leaves out what asks for it", async () => {
    pages["/"] = html(
      "Start",
      "/a",
      "/copy",
      "/print",
      "/moved",
      "/hidden",
      "/dead-end",
      "/out",
      "/forbidden/x",
    );
    pages["/a"] = html("The page");
    pages["/copy"] = html("The page");
    pages["/print"] = `<link rel=canonical href="/article">${html("Printed")}`;
    pages["/article"] = html("The article");
    pages["/moved"] = (response) => void response.writeHead(301, { location: "/a" }).end();
    pages["/hidden"] = `<meta name=robots content=noindex>${html("Hidden", "/behind")}`;
    pages["/behind"] = html("Behind the hidden one");
    pages["/dead-end"] = `<meta name=robots content=nofollow>${html("Dead end", "/not-this-way")}`;
    pages["/not-this-way"] = html("Not this way");
    pages["/out"] = (response) => void response.writeHead(302, { location: "http://169.254.169.254/" }).end();
    pages["/robots.txt"] = (response) =>
      void response.end("User-agent: *\nDisallow: /forbidden\nCrawl-delay: 2");
    const { sourceId } = await add("/", { site: { depth: 4, limit: 50 } });
    await follow(sourceId ?? "");
    expect(await paths()).toEqual(["/", "/a", "/article", "/behind", "/dead-end"]);
    expect((await oneSource()).counts).toMatchObject({ failed: 0, skipped: 6 });
    expect(site.requests.filter((line) => line.includes("forbidden"))).toEqual([]);
    expect(Math.max(...waits)).toBeGreaterThan(1_000);
  });

  it("is asked again after a while when it has too much to do, and says what could not be fetched", async () => {
    let asked = 0;
    pages["/"] = html("Start", "/busy", "/broken");
    pages["/busy"] = (response) => {
      asked += 1;
      if (asked === 1) response.writeHead(429, { "retry-after": "7" }).end();
      else response.end("no longer busy");
    };
    pages["/broken"] = (response) => void response.writeHead(500).end();
    const { sourceId } = await add("/", { site: { depth: 1, limit: 50 } });
    await follow(sourceId ?? "");
    expect(await paths()).toEqual(["/", "/busy"]);
    expect(waits).toContain(7_000);
    expect((await oneSource()).stateDetail).toBe(
      "1 page could not be fetched: The site answered with status 500 in place of the page.",
    );
  });

  it("that is away is noted as failed with a reason, and its documents stay", async () => {
    pages["/"] = html("Start");
    const { sourceId } = await add("/", { site: { depth: 1, limit: 5 } });
    pages["/"] = (response) => void response.writeHead(500).end();
    await follow(sourceId ?? "");
    expect(await oneSource()).toMatchObject({ state: "failed", errorCode: "url_failed" });
    expect(await paths()).toEqual(["/"]);
  });

  it("is no longer followed when somebody says so, also in the middle", async () => {
    whole();
    const { sourceId } = await add("/docs/", { site: { depth: 3, limit: 50 } });
    const one = pages["/docs/one"];
    pages["/docs/one"] = (response) => {
      void unfollowSource(principal, sourceId ?? "").then(() => response.end(String(one)));
    };
    await follow(sourceId ?? "");
    expect(await listSources(principal, collectionId)).toEqual([]);
    expect(await paths()).toEqual(["/docs/", "/docs/one"]);
    await follow(sourceId ?? "");
    const reader = makePrincipal(principal.orgId);
    await expect(unfollowSource(reader, sourceId ?? "")).rejects.toMatchObject({ code: "not_found" });
  });
});
