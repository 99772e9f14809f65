import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDatabase } from "../lib/platform/db/index.ts";
import { startEmbeddedDatabase } from "../lib/platform/embedded-database/index.ts";
import { newId } from "../lib/shared/ids.ts";

const MIGRATIONS = join(import.meta.dirname, "migrations");
const socketDir = mkdtempSync(join(tmpdir(), "vouch-migration-"));
let server: Awaited<ReturnType<typeof startEmbeddedDatabase>>;
let database: ReturnType<typeof connectDatabase>;
const ids = {
  org: newId(),
  collection: newId(),
  ready: newId(),
  reading: newId(),
  version: newId(),
  half: newId(),
  chunk: newId(),
};

/** Runs the migrations whose numbers lie in a range, as the program does. */
async function migrate(from: number, to: number): Promise<void> {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  for (const name of files.sort()) {
    const number = Number(name.slice(0, 4));
    if (number < from || number > to) continue;
    const statements = readFileSync(join(MIGRATIONS, name), "utf8").split("--> statement-breakpoint");
    for (const statement of statements) await database.sql.unsafe(statement);
  }
}

/** What a data directory held before: a document that is ready, and one whose reading was interrupted. */
async function fillAsBefore(): Promise<void> {
  const vector = `[${Array.from({ length: 4 }, (_, index) => index).join(",")}]`;
  const document = (id: string, state: string, active: string | null) => `
    insert into document (id, org_id, collection_id, title, file_name, media_type, size_bytes, content_hash, blob_key,
      state, active_version_id) values ('${id}', '${ids.org}', '${ids.collection}', 'Pumps', 'pumps.md', 'text/markdown', 5,
      '${id}', 'key', '${state}', ${active === null ? "null" : `'${active}'`});`;
  const version = (id: string, of: string) => `
    insert into document_version (id, org_id, document_id, content_hash, parser, text, page_count, unreadable_pages)
    values ('${id}', '${ids.org}', '${of}', '${of}', 'text', 'Pumps hum.', 1, '{1}');`;
  const chunk = (id: string, of: string, versionId: string) => `
    insert into chunk (id, org_id, collection_id, document_id, version_id, ordinal, start, "end", page, heading_path, text,
      indexed_text, vector_space, embedding) values ('${id}', '${ids.org}', '${ids.collection}', '${of}', '${versionId}', 0,
      0, 10, 1, '{}', 'Pumps hum.', 'Pumps Pumps hum.', 'old/space', '${vector}');`;
  await database.sql.unsafe(`
    insert into organisation (id, name) values ('${ids.org}', 'Old');
    insert into collection (id, org_id, name, visibility) values ('${ids.collection}', '${ids.org}', 'C', 'private');
    ${document(ids.ready, "ready", ids.version)} ${document(ids.reading, "indexing", null)}
    ${version(ids.version, ids.ready)} ${version(ids.half, ids.reading)}
    insert into document_page (org_id, version_id, page, start, "end", runs)
      values ('${ids.org}', '${ids.version}', 1, 0, 10, '[]');
    ${chunk(ids.chunk, ids.ready, ids.version)} ${chunk(newId(), ids.reading, ids.half)}`);
}

beforeAll(async () => {
  server = await startEmbeddedDatabase({ dataDir: null, socketDir });
  database = connectDatabase({ socketPath: server.socketPath }, { maxConnections: 1 });
  await migrate(0, 6);
  await fillAsBefore();
  await migrate(7, 99);
}, 120_000);

afterAll(async () => {
  await database.close();
  await server.close();
  rmSync(socketDir, { recursive: true, force: true });
});

describe("a data directory of before", () => {
  it("keeps what was ready, with its passages, their places and their vectors", async () => {
    const [row] = await database.sql`
      select d.state as document, v.state as version, v.blob_key as original, c.id as chunk, c.search_terms as terms,
        p.start, p.end, p.page, n.vector_space as space, n.embedding::text as embedding, s.dimensions, g.state as page_state
      from document d join document_version v on v.id = d.active_version_id join document_page g on g.version_id = v.id
      join chunk_place p on p.version_id = v.id join chunk c on c.id = p.chunk_id
      join chunk_vector n on n.chunk_id = c.id join vector_space s on s.name = n.vector_space`;
    expect(row).toEqual({
      document: "ready",
      version: "active",
      original: "key",
      chunk: ids.chunk,
      terms: "pumps pumps hum.",
      start: 0,
      end: 10,
      page: 1,
      space: "old/space",
      embedding: "[0,1,2,3]",
      dimensions: 4,
      page_state: "unreadable",
    });
  });

  it("reads again from the start what an interrupted reading had begun", async () => {
    const [row] = await database.sql`
      select state, active_version_id as active, (select count(*)::integer from chunk) as chunks,
        (select count(*)::integer from document_version) as versions
      from document where id = ${ids.reading}`;
    expect(row).toEqual({ state: "queued", active: null, chunks: 1, versions: 1 });
  });
});
