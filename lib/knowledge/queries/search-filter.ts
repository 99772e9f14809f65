import { type SQL, sql } from "drizzle-orm";
import { isVisible, type Reader, readableCollections, uuidArray } from "./access.ts";

/** Where to search. */
export interface SearchFilter {
  readonly collectionIds?: readonly string[] | undefined;
  readonly documentIds?: readonly string[] | undefined;
  readonly mediaTypes?: readonly string[] | undefined;
  /** Titles or file names; case is of no matter. */
  readonly titles?: readonly string[] | undefined;
  /** First and last day on which the document was added, as `2024-05-12`. */
  readonly addedFrom?: string | undefined;
  readonly addedTo?: string | undefined;
}

function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

/** Ids of the documents of the asked kind, title and age; null when none of these was asked for. */
export function wantedDocuments(reader: Reader, filter: SearchFilter): SQL | null {
  const { mediaTypes = [], addedFrom, addedTo } = filter;
  const titles = (filter.titles ?? []).map((title) => title.toLowerCase());
  const wanted = [
    ...(mediaTypes.length > 0 ? [sql`d.media_type = any(${textArray(mediaTypes)}::text[])`] : []),
    ...(titles.length > 0
      ? [
          sql`(lower(d.title) = any(${textArray(titles)}::text[])
            or lower(d.file_name) = any(${textArray(titles)}::text[]))`,
        ]
      : []),
    ...(addedFrom === undefined ? [] : [sql`d.created_at >= ${addedFrom}::date`]),
    ...(addedTo === undefined ? [] : [sql`d.created_at < ${addedTo}::date + 1`]),
  ];
  if (wanted.length === 0) return null;
  return sql`select d.id from document d where d.org_id = ${reader.orgId} and ${sql.join(wanted, sql` and `)}`;
}

function documentConditions(filter: SearchFilter, wanted: SQL | null): SQL {
  const { documentIds = [] } = filter;
  const asked =
    documentIds.length === 0 ? sql`` : sql`and c.document_id = any(${uuidArray(documentIds)}::uuid[])`;
  return sql`${asked} ${wanted === null ? sql`` : sql`and c.document_id = any(array(${wanted}))`}`;
}

/**
 * All conditions on a row `c` of `chunk` or `chunk_vector`: the organisation, collections the reader may read, the asked
 * ones, and what is visible. Part of every statement, so that no row a reader may not see is ever counted or ranked.
 */
export function conditions(reader: Reader, filter: SearchFilter): SQL {
  return sql`c.org_id = ${reader.orgId}
    and c.collection_id = any(array(${readableCollections(reader, filter.collectionIds)}))
    ${documentConditions(filter, wantedDocuments(reader, filter))}
    and ${isVisible(reader)}`;
}

/** The sets that {@link sharedConditions} names, each read once per statement. */
export function sharedSets(reader: Reader, filter: SearchFilter): SQL {
  const wanted = wantedDocuments(reader, filter);
  return sql`readable as materialized (${readableCollections(reader, filter.collectionIds)}),
    building as materialized (
      select id from document_version where org_id = ${reader.orgId} and state = 'building'),
    deleting as materialized (select id from document where org_id = ${reader.orgId} and state = 'deleting'),
    wanted as materialized (${wanted ?? sql`select null::uuid as id where false`})`;
}

/**
 * As {@link conditions}, over the {@link sharedSets} of the statement. The organisation stands as a list of one: as an
 * equation it would meet the one of row-level security, and the planner would check both once above the scan of an index
 * that ranks, where each row's distance is worked out again.
 */
export function sharedConditions(reader: Reader, filter: SearchFilter): SQL {
  const isNarrow = wantedDocuments(reader, filter) !== null;
  return sql`c.org_id = any(${uuidArray([reader.orgId])}::uuid[])
    and c.collection_id = any(array(select id from readable))
    ${documentConditions(filter, isNarrow ? sql`select id from wanted` : null)}
    and c.version_id <> all(array(select id from building))
    and (c.retired_by is null or c.retired_by = any(array(select id from building)))
    and c.document_id <> all(array(select id from deleting))`;
}
