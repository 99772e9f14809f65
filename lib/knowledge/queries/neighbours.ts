import { sql } from "drizzle-orm";
import { withTenant } from "../../platform/db/index.ts";
import { collectionSettingsSchema } from "../schema.ts";
import { type Reader, readableCollections, uuidArray } from "./access.ts";

/** A passage whose surroundings are wanted. */
export interface WantedSurroundings {
  readonly chunkId: string;
  readonly versionId: string;
  readonly start: number;
}

/** The words of a version from the passages before one to those after it. */
export interface Surroundings extends Record<string, unknown> {
  readonly chunkId: string;
  readonly versionId: string;
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  /** Cut in SQL, which counts characters: exact unless a character of two units stands in or before it. */
  readonly text: string;
}

/**
 * The surroundings of passages in the version that searches see, as wide as their collection wants it; passages of
 * other versions, of collections that want none and of those that the reader may not read are left out.
 */
export async function findSurroundings(
  reader: Reader,
  wanted: readonly WantedSurroundings[],
): Promise<Surroundings[]> {
  const { neighbours } = collectionSettingsSchema.parse({});
  const rows = await withTenant(
    reader,
    (transaction) =>
      transaction.execute<Surroundings>(sql`
        with wanted as materialized (
          select w."chunkId" as chunk_id, w."versionId" as version_id, w.start,
            coalesce((c.settings->>'neighbours')::integer, ${neighbours}) as reach
          from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w("chunkId" uuid, "versionId" uuid, start integer)
          join document d on d.org_id = ${reader.orgId} and d.active_version_id = w."versionId" and d.state <> 'deleting'
          join collection c on c.org_id = d.org_id and c.id = d.collection_id
          where c.id in (${readableCollections(reader)})),
        place as (
          select w.chunk_id, w.version_id, n.start, n."end", n.page
          from wanted w
          join chunk_place p on p.org_id = ${reader.orgId} and p.version_id = w.version_id and p.chunk_id = w.chunk_id
            and p.start = w.start
          cross join lateral (
            select min(near.start) as start, max(near."end") as "end", (array_agg(near.page order by near.ordinal))[1] as page
            from chunk_place near where near.version_id = p.version_id
              and near.ordinal between p.ordinal - w.reach and p.ordinal + w.reach) n
          where w.reach > 0),
        version as materialized (
          -- Unpacked once, however many passages are cut from it.
          select id, text || '' as text from document_version
          where org_id = ${reader.orgId} and id in (select version_id from place))
        select place.chunk_id as "chunkId", place.version_id as "versionId", place.start, place."end", place.page,
          substring(version.text from place.start + 1 for place."end" - place.start) as text
        from place join version on version.id = place.version_id`),
    { readOnly: true },
  );
  return Array.from(rows);
}

/** The whole texts of versions, by id. */
export async function findVersionTexts(
  reader: Reader,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await withTenant(
    reader,
    (transaction) =>
      transaction.execute<{ id: string; text: string }>(sql`
        select id, text from document_version
        where org_id = ${reader.orgId} and id = any(${uuidArray(versionIds)}::uuid[])`),
    { readOnly: true },
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}
