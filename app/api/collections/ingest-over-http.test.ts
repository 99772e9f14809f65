import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { GET as listDocuments, POST as postDocument } from "@/app/api/collections/[id]/documents/route.ts";
import { GET as getSources } from "@/app/api/collections/[id]/sources/route.ts";
import { GET as getCollections, POST as postCollection } from "@/app/api/collections/route.ts";
import { DELETE as deleteDocument } from "@/app/api/documents/[id]/route.ts";
import { createTestAccount } from "@/lib/identity/accounts-for-tests.ts";
import { createApiKey, createOrganisation, type RouteHandler } from "@/lib/identity/index.ts";
import { startTestDatabase, type TestDatabase } from "@/lib/platform/db/test-database.ts";
import { environment } from "@/lib/platform/env.ts";
import { createMemoryRateLimiter, setRateLimiter } from "@/lib/platform/rate-limit/index.ts";
import { openHttpTarget } from "@/lib/runtime/cli/ingest/http-target.ts";
import type { IngestTarget } from "@/lib/runtime/cli/ingest/ingest-target.ts";
import { findKnownFiles, syncFile } from "@/lib/runtime/cli/ingest/sync-files.ts";

let db: TestDatabase;
let server: Server;
let folder: string;
let target: IngestTarget;
let url: string;
const ROUTES: readonly (readonly [string, RegExp, RouteHandler])[] = [
  ["GET", /^\/api\/collections$/, getCollections],
  ["POST", /^\/api\/collections$/, postCollection],
  ["GET", /^\/api\/collections\/([^/]+)\/documents$/, listDocuments],
  ["POST", /^\/api\/collections\/([^/]+)\/documents$/, postDocument],
  ["GET", /^\/api\/collections\/([^/]+)\/sources$/, getSources],
  ["DELETE", /^\/api\/documents\/([^/]+)$/, deleteDocument],
];

/** The routes on a real port, as the server of the program hands requests to them. */
function serveRoutes(): Server {
  return createServer(async (incoming, outgoing) => {
    const address = new URL(incoming.url ?? "/", "http://localhost");
    const route = ROUTES.find(([method, path]) => method === incoming.method && path.test(address.pathname));
    const hasBody = incoming.method === "POST";
    const request = new Request(address, {
      method: incoming.method ?? "GET",
      headers: incoming.headers as Record<string, string>,
      ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" } : {}),
    } as RequestInit);
    const id = route?.[1].exec(address.pathname)?.[1];
    const response = await route?.[2](request, { params: Promise.resolve(id === undefined ? {} : { id }) });
    outgoing.writeHead(response?.status ?? 404, Object.fromEntries(response?.headers ?? []));
    outgoing.end(Buffer.from((await response?.arrayBuffer()) ?? new ArrayBuffer(0)));
  });
}

beforeAll(async () => {
  db = await startTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "vouch-over-http-"));
  vi.spyOn(environment(), "dataDir", "get").mockReturnValue(folder);
  setRateLimiter(createMemoryRateLimiter({ nowMs: () => 1_800_000_000_000 }));
  const account = await createTestAccount(await createOrganisation("Example"), "editor");
  const { key } = await createApiKey(account.principal, { name: "folder", scopes: ["documents"] });
  server = serveRoutes();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  target = openHttpTarget({ url, key });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a folder sent to a server with a key", () => {
  it("finds or makes the collection, sends new and changed files once, and removes what is told", async () => {
    const collectionId = await target.findCollection("Reports");
    expect(await target.findCollection("reports")).toBe(collectionId);
    const file = { path: join(folder, "Prüf “1” & 2.md"), shown: "report.md" };
    writeFileSync(file.path, "# May\n\nDry.");
    const send = async () => syncFile(target, collectionId, file, await findKnownFiles(target, collectionId));
    const first = await send();
    expect(first).toMatchObject({ change: "added", state: "queued" });
    expect(await send()).toMatchObject({ id: first.id, change: "unchanged" });
    writeFileSync(file.path, "# May\n\nWet.");
    expect(await send()).toMatchObject({ id: first.id, change: "changed" });
    const known = await findKnownFiles(target, collectionId);
    expect([...known.keys()]).toEqual([file.path]);
    await target.remove(first.id ?? "");
    expect((await findKnownFiles(target, collectionId)).size).toBe(0);
  });

  it("reports what is wrong with a file, and stops when the key or the server is wrong", async () => {
    const collectionId = await target.findCollection(undefined);
    const picture = join(folder, "picture.md");
    writeFileSync(picture, Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    expect(await syncFile(target, collectionId, { path: picture, shown: "p" }, new Map())).toMatchObject({
      change: "failed",
      error: expect.stringContaining("cannot be read"),
    });
    const missing = { path: join(folder, "missing.md"), shown: "m" };
    expect(await syncFile(target, collectionId, missing, new Map())).toMatchObject({ change: "failed" });
    expect(await target.sources(collectionId)).toEqual([]);
    await expect(
      target.addUrl(collectionId, { url: "http://169.254.169.254/", refresh: "never" }),
    ).rejects.toMatchObject({
      code: "url_refused",
    });
    const stranger = openHttpTarget({ url, key: "vch_wrong" });
    await expect(stranger.findCollection("Reports")).rejects.toMatchObject({ code: "invalid_api_key" });
  });
});
