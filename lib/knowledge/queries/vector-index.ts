import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { database } from "../../platform/db/index.ts";

/** pgvector's HNSW holds vectors of at most this many dimensions. */
const INDEX_DIMENSIONS_MAX = 2_000;
const GRAPH = "m = 16, ef_construction = 64";
const SAFE_SPACE = /^[\w.:/@+-]{1,120}$/;

/** A vector space with an index of its own. */
export interface VectorSpace {
  readonly name: string;
  readonly dimensions: number;
}

// Shared with the copy of this module that Next bundles.
const holder = globalThis as typeof globalThis & { vouchIndexedSpaces?: Map<string, Promise<boolean>> };

/** True when rows of this space can have an HNSW index. */
export function isIndexable({ name, dimensions }: VectorSpace): boolean {
  return dimensions > 0 && dimensions <= INDEX_DIMENSIONS_MAX && SAFE_SPACE.test(name);
}

/** Name of the space's index. */
export function vectorIndexName(space: VectorSpace): string {
  const hash = createHash("sha256").update(`${space.name}/${space.dimensions}`).digest("hex").slice(0, 16);
  return `chunk_vector_hnsw_${hash}`;
}

/**
 * On a server, makes the partial HNSW index of a vector space before its first row is stored, so that it grows row by
 * row and no statement ever has to build it; with rows already there it is built without blocking writers. The embedded
 * database has none: it computes without SIMD, an insert into the graph cost 3 to 10 ms, and processes compare vectors
 * by themselves there (decision 022).
 *
 * @param isServer tests let the embedded database take the server's part.
 */
export function ensureVectorIndex(
  space: VectorSpace,
  isServer: boolean = !database().isEmbedded,
): Promise<boolean> {
  if (!isServer || !isIndexable(space)) return Promise.resolve(false);
  holder.vouchIndexedSpaces ??= new Map();
  const known = holder.vouchIndexedSpaces.get(vectorIndexName(space));
  const work = known ?? createIndex(space);
  if (known === undefined) holder.vouchIndexedSpaces.set(vectorIndexName(space), work);
  // A failed attempt (the database was away) must not be remembered.
  work.catch(() => holder.vouchIndexedSpaces?.delete(vectorIndexName(space)));
  return work;
}

async function createIndex(space: VectorSpace): Promise<boolean> {
  const { drizzle, isEmbedded } = database();
  const name = vectorIndexName(space);
  const [known] = await drizzle.execute(sql`select 1 from pg_class where relname = ${name}`);
  if (known !== undefined) return true;
  // The name is a hash and the space passed SAFE_SPACE: neither can leave its quotes.
  await drizzle.execute(
    sql.raw(`create index ${isEmbedded ? "" : "concurrently"} if not exists ${name} on chunk_vector
      using hnsw ((embedding::vector(${space.dimensions})) vector_cosine_ops) with (${GRAPH})
      where vector_space = '${space.name}'`),
  );
  return true;
}

/** True when the space's index is there. */
export async function hasVectorIndex(space: VectorSpace): Promise<boolean> {
  if (!isIndexable(space)) return false;
  const [row] = await database().drizzle.execute(
    sql`select 1 from pg_class c join pg_index i on i.indexrelid = c.oid
      where c.relname = ${vectorIndexName(space)} and i.indisvalid`,
  );
  return row !== undefined;
}
