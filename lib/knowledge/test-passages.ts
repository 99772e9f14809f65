/** For tests and benchmarks of search: passages straight into the tables, without files. */
import { sql } from "drizzle-orm";
import { withSystem } from "../platform/db/index.ts";
import { newId } from "../shared/ids.ts";
import { vectorLiteral } from "./queries/vector-values.ts";

/** A document to put in. */
export interface TestDocument {
  readonly orgId: string;
  readonly collectionId: string;
  readonly title?: string;
  readonly mediaType?: string;
  readonly createdAt?: string;
  /** `building` puts the passages in with a version that nobody sees yet. */
  readonly state?: "active" | "building";
  readonly space: string;
  /** Without a text of their own, passages read as their terms. */
  readonly passages: readonly {
    readonly terms: string;
    readonly text?: string;
    readonly vector: Float32Array;
  }[];
}

/** What was put in. */
export interface StoredTestDocument {
  readonly documentId: string;
  readonly versionId: string;
  readonly chunkIds: readonly string[];
}

/** Stores documents with one version each; passages follow one another in its text, a blank between them. */
export async function storeTestDocuments(documents: readonly TestDocument[]): Promise<StoredTestDocument[]> {
  const stored = documents.map((document) => toRows(document));
  const json = (rows: readonly object[]) => JSON.stringify(rows);
  await withSystem(async (transaction) => {
    await transaction.execute(sql`insert into document (id, org_id, collection_id, title, file_name, media_type,
        size_bytes, content_hash, blob_key, state, active_version_id, created_at)
      select r.id, r.org, r.collection, r.title, r.title, r.media_type, 1, r.id::text, r.id::text, 'ready', r.active,
        coalesce(r.created_at, now())
      from jsonb_to_recordset(${json(stored.map(({ document }) => document))}::jsonb) as r(id uuid, org uuid,
        collection uuid, title text, media_type text, active uuid, created_at timestamptz)`);
    await transaction.execute(sql`insert into document_version (id, org_id, document_id, content_hash, parser, text,
        page_count, unreadable_pages, state)
      select r.id, r.org, r.document, r.id::text, 'test', r.text, 1, '{}', r.state
      from jsonb_to_recordset(${json(stored.map(({ version }) => version))}::jsonb) as r(id uuid, org uuid,
        document uuid, text text, state text)`);
    const chunks = json(stored.flatMap(({ chunks }) => chunks));
    await transaction.execute(sql`insert into chunk (id, org_id, collection_id, document_id, version_id, content_key,
        heading_path, text, search_terms, terms_version)
      select r.id, r.org, r.collection, r.document, r.version, r.id, '{}', r.text, r.terms, 1
      from jsonb_to_recordset(${chunks}::jsonb) as r(id uuid, org uuid, collection uuid, document uuid, version uuid,
        text text, terms text)`);
    await transaction.execute(sql`insert into chunk_place (version_id, ordinal, org_id, chunk_id, start, "end")
      select r.version, r.ordinal, r.org, r.id, r.start, r."end"
      from jsonb_to_recordset(${chunks}::jsonb) as r(id uuid, org uuid, version uuid, ordinal integer, start integer,
        "end" integer)`);
    await transaction.execute(sql`insert into chunk_vector (chunk_id, vector_space, org_id, collection_id, document_id,
        version_id, embedding)
      select r.id, r.space, r.org, r.collection, r.document, r.version, r.vector::vector
      from jsonb_to_recordset(${chunks}::jsonb) as r(id uuid, space text, org uuid, collection uuid, document uuid,
        version uuid, vector text)`);
  });
  return stored.map(({ document, version, chunks }) => ({
    documentId: document.id,
    versionId: version.id,
    chunkIds: chunks.map(({ id }) => id),
  }));
}

function toRows(given: TestDocument) {
  const [documentId, versionId] = [newId(), newId()];
  const { orgId: org, collectionId: collection, space, state = "active" } = given;
  let start = 0;
  const chunks = given.passages.map(({ terms, text = terms, vector }, ordinal) => {
    const place = { ordinal, start, end: start + text.length };
    start = place.end + 1;
    const owner = { org, collection, document: documentId, version: versionId };
    return { id: newId(), ...owner, ...place, terms, text, space, vector: vectorLiteral(vector) };
  });
  return {
    document: {
      id: documentId,
      org,
      collection,
      title: given.title ?? documentId,
      media_type: given.mediaType ?? "text/plain",
      active: state === "active" ? versionId : null,
      created_at: given.createdAt ?? null,
    },
    version: {
      id: versionId,
      org,
      document: documentId,
      text: given.passages.map(({ terms, text = terms }) => text).join(" "),
      state,
    },
    chunks,
  };
}

/** A vector of unit length; equal seeds give equal vectors. */
export function testVector(seed: number, dimensions: number): Float32Array {
  let state = (seed * 7_919 + 13) % 2_147_483_647;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.5;
  };
  for (let round = 0; round < 8; round += 1) next();
  const vector = Float32Array.from({ length: dimensions }, next);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
