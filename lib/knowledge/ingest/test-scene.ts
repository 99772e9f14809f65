/** What the tests of ingestion share: a database, a folder for files, and a look at what is stored. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, vi } from "vitest";
import { database } from "../../platform/db/index.ts";
import { startTestDatabase, type TestDatabase } from "../../platform/db/test-database.ts";
import { environment } from "../../platform/env.ts";
import { createCollection } from "../collections.ts";
import { makeOrganisation, makePrincipal } from "../test-knowledge.ts";
import { tidyDocumentsJob } from "./ingest-job.ts";

/** For waiting until something holds. */
export const patience = { timeout: 60_000, interval: 50 };

/** A signal that ends nothing. */
export const never = new AbortController().signal;

/** Starts a database and a data directory for the tests of a file. */
export function openScene(): { readonly socketPath: string; readonly dataDir: string } {
  let testDatabase: TestDatabase | undefined;
  const dataDir = mkdtempSync(join(tmpdir(), "vouch-ingest-"));
  beforeAll(async () => {
    testDatabase = await startTestDatabase();
    vi.spyOn(environment(), "dataDir", "get").mockReturnValue(dataDir);
  });
  afterAll(async () => {
    await testDatabase?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    get socketPath() {
      return testDatabase?.socketPath ?? "";
    },
    dataDir,
  };
}

/** A person of a new organisation with a collection. */
export async function setUp() {
  const principal = makePrincipal(await makeOrganisation());
  const { id } = await createCollection(principal, { name: "C", description: "", visibility: "private" });
  return { principal, collectionId: id };
}

/** How much is stored of a document. */
export async function counts(documentId: string) {
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

/** Runs what tidies up every minute, now. */
export function tidyUp(): Promise<void> {
  return tidyDocumentsJob.handler({}, { jobId: "", attempt: 1, isLastAttempt: true, signal: never });
}

/** A text of several hundred passages. */
export const longText = Array.from(
  { length: 4_000 },
  (_, index) =>
    `Paragraph ${index} tells of valve ${index % 37} and its seal, which held for ${index} hours.\n\n`,
).join("");
