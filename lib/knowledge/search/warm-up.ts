import { sql } from "drizzle-orm";
import { database, readTenant, withSystem } from "../../platform/db/index.ts";
import { logger } from "../../platform/log.ts";
import { servingModel } from "../embed/serving-space.ts";
import { openShelf } from "../vector-shelf/open-shelf.ts";
import { openWords } from "../word-shelf/open-words.ts";

/** Organisations whose vectors and words are read ahead; those of others are when they first search. */
const ORGANISATIONS_MAX = 20;

/** What {@link warmUpSearch} read. */
export interface WarmUp {
  readonly organisations: number;
  readonly vectors: number;
  /** Passages whose words were read. */
  readonly passages: number;
}

/**
 * Reads the vectors and words that this process compares by itself before anybody searches. Until they are read the database
 * answers, more slowly. Others have their turns in the database between the parts.
 */
export async function warmUpSearch(): Promise<WarmUp> {
  if (!database().isEmbedded) return { organisations: 0, vectors: 0, passages: 0 };
  let vectors = 0;
  let passages = 0;
  const orgIds = await findOrganisations();
  for (const orgId of orgIds) {
    const { space } = await servingModel({ orgId });
    const dimensions = await findDimensions(orgId, space);
    const open = dimensions === null ? null : await openShelf({ orgId }, { name: space, dimensions });
    vectors += open?.shelf.size ?? 0;
    passages += (await openWords({ orgId }))?.shelf.size ?? 0;
  }
  logger.info({ organisations: orgIds.length, vectors, passages }, "vectors and words read ahead");
  return { organisations: orgIds.length, vectors, passages };
}

/** Organisations with vectors, each by one step through the index. */
async function findOrganisations(): Promise<string[]> {
  const rows = await withSystem((transaction) =>
    transaction.execute<{ orgId: string }>(sql`
      with recursive line as (
        (select org_id from chunk_vector order by org_id limit 1)
        union all
        select n.org_id from line cross join lateral (
          select org_id from chunk_vector v where v.org_id > line.org_id order by v.org_id limit 1) n
      )
      select org_id as "orgId" from line limit ${ORGANISATIONS_MAX}`),
  );
  return rows.map(({ orgId }) => orgId);
}

async function findDimensions(orgId: string, space: string): Promise<number | null> {
  const [row] = await readTenant<{ dimensions: number }>(
    { orgId },
    sql`select vector_dims(embedding) as dimensions from chunk_vector
      where org_id = ${orgId} and vector_space = ${space} order by seq limit 1`,
  );
  return row?.dimensions ?? null;
}
