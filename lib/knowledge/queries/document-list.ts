import { type SQL, sql } from "drizzle-orm";
import { type TenantScope, withTenant } from "../../platform/db/index.ts";
import type { DocumentSort, DocumentState } from "../schema.ts";
import { type DocumentRow, documentColumns, fromDocumentRow, type StoredDocument } from "./documents.ts";

/** Where a page of a list ended. */
export interface ListCursor {
  readonly id: string;
  /** What the list is sorted by, as PostgreSQL writes it; null where the id alone sorts. */
  readonly key: string | null;
}

/** Which documents of a collection, and in which order. */
export interface DocumentListing {
  readonly sort: DocumentSort;
  readonly order: "asc" | "desc";
  readonly states?: readonly DocumentState[] | undefined;
  /** Found in title, file name or address, whatever the case. */
  readonly words?: string | undefined;
  readonly after?: ListCursor | undefined;
  readonly limit: number;
}

/** Ids are made in the order of time, so that the newest first is the order of ids. */
const SORT_KEYS: Readonly<Record<Exclude<DocumentSort, "added">, { expression: SQL; type: SQL }>> = {
  title: { expression: sql`lower(d.title)`, type: sql`text` },
  size: { expression: sql`d.size_bytes`, type: sql`bigint` },
  pages: { expression: sql`coalesce(d.page_count, 0)`, type: sql`integer` },
  updated: { expression: sql`d.updated_at`, type: sql`timestamptz` },
};

/** Documents of a collection with the place of each in the list; those being deleted are left out. */
export async function findListedDocuments(
  scope: TenantScope,
  collectionId: string,
  listing: DocumentListing,
): Promise<{ readonly document: StoredDocument; readonly cursor: ListCursor }[]> {
  const isAscending = listing.order === "asc";
  const direction = isAscending ? sql`asc` : sql`desc`;
  const comparison = isAscending ? sql`>` : sql`<`;
  const key = listing.sort === "added" ? null : SORT_KEYS[listing.sort];
  const { after, states, words } = listing;
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<DocumentRow<StoredDocument> & { sortKey: string | null }>(sql`
      select ${documentColumns}, ${key === null ? sql`null` : sql`(${key.expression})::text`} as "sortKey"
      from document d
      where d.org_id = ${scope.orgId} and d.collection_id = ${collectionId} and d.state <> 'deleting'
        ${states === undefined ? sql`` : sql`and d.state = any(${`{${states.join(",")}}`}::text[])`}
        ${words === undefined ? sql`` : holdsWords(words)}
        ${
          after === undefined
            ? sql``
            : key === null || after.key === null
              ? sql`and d.id ${comparison} ${after.id}`
              : sql`and (${key.expression}, d.id) ${comparison} (${after.key}::${key.type}, ${after.id}::uuid)`
        }
      order by ${key === null ? sql`` : sql`${key.expression} ${direction},`} d.id ${direction}
      limit ${listing.limit}`),
  );
  return rows.map(({ sortKey, ...row }) => {
    const document = fromDocumentRow<StoredDocument>(row as DocumentRow<StoredDocument>);
    return { document, cursor: { id: document.id, key: sortKey } };
  });
}

function holdsWords(words: string): SQL {
  const pattern = `%${words.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql`and (d.title ilike ${pattern} or d.file_name ilike ${pattern} or d.source_uri ilike ${pattern})`;
}

/** How many documents of a collection are in which state. */
export interface StateCount {
  readonly state: DocumentState;
  readonly priority: "online" | "offline";
  readonly isPaused: boolean;
  readonly count: number;
  readonly sizeBytes: number;
}

/** Counts by state, priority and pause; one pass over the collection's rows. */
export async function countDocumentStates(scope: TenantScope, collectionId: string): Promise<StateCount[]> {
  const rows = await withTenant(scope, (transaction) =>
    transaction.execute<Omit<StateCount, "sizeBytes"> & { sizeBytes: string }>(sql`
      select state, priority, is_paused as "isPaused", count(*)::integer as count, sum(size_bytes) as "sizeBytes"
      from document where org_id = ${scope.orgId} and collection_id = ${collectionId} and state <> 'deleting'
      group by state, priority, is_paused`),
  );
  return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
}
